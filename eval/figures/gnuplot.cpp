#include "eval/figures/gnuplot.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>

#include "eval/figures/figure.h"
#include "framework/core/atomic_file.h"
#include "framework/core/error.h"

namespace twinset {
namespace {

constexpr double kPixelsPerMillimetre = 5;  // of the SVG, whose letters have 12 pixels

// A folder beside the target, so that moving out of it is a rename.
class DrawingFolder {
 public:
  DrawingFolder(const std::filesystem::path& target, const std::string& stem)
      : path_(target / fmt::format(".{}.drawing.{}", stem, getpid())) {
    std::filesystem::create_directories(path_);
  }
  ~DrawingFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  DrawingFolder(const DrawingFolder&) = delete;
  DrawingFolder& operator=(const DrawingFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// For the shell that std::system starts.
std::string shell_quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::string whole_script(const std::string& stem, const FigureSize& size,
                         const std::string& script) {
  return fmt::format(
      "# Draws {0}.svg and {0}.pdf: gnuplot {0}.gp\n"
      "set encoding utf8\nset datafile separator tab\n"
      "set border 3 linewidth 0.8 linecolor rgb '#8a9096'\nset tics nomirror out scale 0.4 "
      "textcolor rgb '#1f2428'\n"
      "set grid linecolor rgb '#e4e6e8' linewidth 0.8 linetype 1\nset style fill solid noborder\n"
      "set terminal svg size {1:.0f},{2:.0f} font 'sans-serif,12' noenhanced background rgb "
      "'white'\nset output {3}\n"
      "{4}\n"
      "set terminal pdfcairo size {5:.3f}in,{6:.3f}in font 'sans,8' noenhanced linewidth 0.7\nset "
      "output {7}\nreplot\nset output\n",
      stem, size.width * kPixelsPerMillimetre, size.height * kPixelsPerMillimetre,
      gnuplot_string(stem + ".svg"), script, size.width / 25.4, size.height / 25.4,
      gnuplot_string(stem + ".pdf"));
}

}  // namespace

bool has_gnuplot() { return std::system("command -v gnuplot > /dev/null 2>&1") == 0; }

std::string gnuplot_string(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') quoted += '\'';
    quoted += c == '\n' ? ' ' : c;
  }
  return quoted + "'";
}

void run_gnuplot(const std::filesystem::path& folder, const std::string& stem,
                 const FigureSize& size, const std::string& script, const std::string& data_name,
                 const std::string& data) {
  if (!has_gnuplot()) {
    throw SystemError({.where = stem,
                       .what = "can't be drawn: there is no gnuplot on PATH",
                       .expected = "gnuplot 5.4 or newer",
                       .todo = "install it (Debian, Ubuntu: gnuplot-nox)"});
  }
  const DrawingFolder drawing(folder, stem);
  write_file(drawing.path() / data_name, data);
  write_file(drawing.path() / (stem + ".gp"), whole_script(stem, size, script));
  const std::string command =
      fmt::format("cd {} && gnuplot {} > gnuplot.log 2>&1", shell_quoted(drawing.path().string()),
                  shell_quoted(stem + ".gp"));
  const int status = std::system(command.c_str());
  const std::string said = read_file(drawing.path() / "gnuplot.log");
  // gnuplot goes on after a warning with a figure that lacks something: that counts as a failure.
  if (status != 0 || said.find("warning") != std::string::npos) {
    throw SystemError({.where = (folder / stem).string(),
                       .what = "gnuplot could not draw it: " + said,
                       .expected = "a figure"});
  }
  for (const std::string& name : {data_name, stem + ".gp", stem + ".svg", stem + ".pdf"}) {
    std::filesystem::rename(drawing.path() / name, folder / name);
  }
}

}  // namespace twinset
