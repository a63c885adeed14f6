// Texts taken apart and put together: words between blanks, cells between tabs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace twinset::pinlanding {

/// The words between the blanks; several blanks count as one.
std::vector<std::string> words_of(std::string_view text);

/// Words `begin` to before `end`, with one blank between.
std::string join_words(const std::vector<std::string>& words, size_t begin, size_t end);

/// Without the white space at both ends.
std::string trimmed(std::string_view text);

/// The cells of a line between its tabs, without the line's end.
std::vector<std::string> tab_cells(std::string_view line);

}  // namespace twinset::pinlanding
