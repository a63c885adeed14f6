// File patterns as data sets are named with: brace lists, globs, several separated by commas.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace twinset {

/// The texts that a brace list stands for: "a{0..2}" gives a0, a1, a2; "{x,y}{1,2}" gives x1, x2,
/// y1, y2. A range keeps the zeros in front of its ends: "{08..10}" gives 08, 09, 10. Braces may be
/// nested.
///
/// @throws DataError if a brace is not closed, or the list has more than a million entries.
std::vector<std::string> expand_braces(std::string_view pattern);

/// The files that `patterns` names below `root`: patterns separated by commas, each with brace
/// lists and the globs `*`, `?` and `[a-z]`. In the order of the patterns, those of one glob sorted
/// bytewise, repeats left out.
///
/// @throws DataError if a pattern matches nothing: names the pattern, the folder and the nearest
/// name in it.
std::vector<std::filesystem::path> find_files(const std::filesystem::path& root,
                                              std::string_view patterns);

/// "; did you mean 'x'?" for a path that does not exist: the nearest name beside its first missing
/// part, or "".
std::string nearest_path(const std::filesystem::path& missing);

}  // namespace twinset
