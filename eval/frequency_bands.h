#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace twinset {

/// The vocabulary cut into thirds by training count: head (the most frequent), torso, tail.
struct FrequencyBands {
  std::vector<std::string> names;  ///< "head", "torso", "tail"
  std::vector<int64_t> band_of;    ///< [V], index into names
  std::vector<int64_t>
      least_counts;  ///< [3], the smallest training count within each band: the cut points
};

/// Attributes in order of count (equal counts by the lower column); the first third, rounded up, is
/// the head, the next the torso, the rest the tail. A vocabulary of one or two has no tail.
///
/// @param counts  [V] training products that have the attribute
FrequencyBands frequency_bands(const std::vector<int64_t>& counts);

}  // namespace twinset
