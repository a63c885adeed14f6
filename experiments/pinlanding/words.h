// Texts whose words stand between blanks, taken apart and put together.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace twinset::pinlanding {

/// The words between the blanks; several blanks count as one.
std::vector<std::string> words_of(std::string_view text);

/// Words `begin` to before `end`, with one blank between.
std::string join_words(const std::vector<std::string>& words, size_t begin, size_t end);

}  // namespace twinset::pinlanding
