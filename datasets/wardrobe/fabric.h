// Cloth: the dyes of a product and a seamless swatch of its pattern and weave.
#pragma once

#include <cstdint>
#include <vector>

#include "datasets/wardrobe/attributes.h"
#include "datasets/wardrobe/palette.h"
#include "framework/core/random.h"

namespace twinset::wardrobe {

struct Dyes {
  Colour base;    ///< near the palette's colour of `colour`
  Colour second;  ///< of `second_colour`, or a contrast of the base
  Colour third;   ///< leaves, thin lines of a tartan, the inner of a leopard's spots
  bool has_second = false;
};

/// The dyes of a product; jitter of a few percent around the palette.
Dyes make_dyes(const Product& product, CounterRandom random);

/// Which drawing of a pattern a product has: broad or narrow, big or small.
int pattern_variant(CounterRandom random);
inline constexpr int kNumPatternVariants = 4;

/// A square of cloth that repeats without a seam, as 0xffRRGGBB; 1.5 of its sides cover the image.
void weave(const Product& product, const Dyes& dyes, int variant, int side,
           std::vector<uint32_t>& pixels);

/// 0xffRRGGBB of a colour.
uint32_t pack(const Colour& colour);

}  // namespace twinset::wardrobe
