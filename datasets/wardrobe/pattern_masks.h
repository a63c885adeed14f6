// Where a pattern puts its second and third colour, as coverage in [0, 255] on a square that
// repeats.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace twinset::wardrobe {

struct PatternMasks {
  std::vector<uint8_t> second, third;  ///< [side * side], empty if the pattern has no such colour
};

/// Draws a pattern, or takes it from the cache; safe to call from many threads.
const PatternMasks& pattern_masks(std::string_view pattern, int variant, int side);

}  // namespace twinset::wardrobe
