// How twinset talks to gnuplot. It was chosen because it is one small program without Python that
// writes SVG and PDF from the same script, and that script is text which a paper's author can
// change.
#pragma once

#include <filesystem>
#include <string>

namespace twinset {

/// A single-quoted string of gnuplot; line breaks become blanks.
std::string gnuplot_string(const std::string& text);

/// A size in millimetres at 12 and 9 points of font.
struct FigureSize {
  double width = 120, height = 75;
};

/// Writes stem.gp and `data_name` with `data`, draws both formats in a folder of its own, and moves
/// everything to `folder`.
/// @param script  all but terminals and outputs; its last command is the plot
/// @throws SystemError
void run_gnuplot(const std::filesystem::path& folder, const std::string& stem,
                 const FigureSize& size, const std::string& script, const std::string& data_name,
                 const std::string& data);

}  // namespace twinset
