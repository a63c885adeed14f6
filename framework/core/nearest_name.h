#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace twinset {

/// The number of insertions, deletions, substitutions and swaps of neighbours that turn `a` into
/// `b` (optimal string alignment distance).
int edit_distance(std::string_view a, std::string_view b);

/// The name in `known` that a user most probably meant, or "" if none is near: at most a third of
/// the letters differ (at least 1, at most 4), case aside. Ties go to the earlier name.
std::string nearest_name(std::string_view name, const std::vector<std::string>& known);

}  // namespace twinset
