// How one picture of a product is taken: pose, light, background. A view is a function of (seed,
// product, view) alone.
#pragma once

#include <cstdint>
#include <string_view>

#include "datasets/wardrobe/attributes.h"
#include "datasets/wardrobe/palette.h"

namespace twinset::wardrobe {

struct Scene {
  double rotation = 0;              ///< radians, clockwise
  double zoom = .95;                ///< 1 fills the image
  double shift_x = 0, shift_y = 0;  ///< fractions of half the image
  double shear = 0;
  bool is_mirrored = false;
  double light_x = 0, light_y = 0;  ///< change of brightness across the image
  double exposure = 1;
  double warmth = 0;   ///< > 0: more red, less blue
  double shadow = .3;  ///< strength of the garment's shadow
  double noise = .01;  ///< standard deviation of the sensor's noise
  double wrinkles = .5;
  std::string_view background;  ///< studio, pastel, wall, wood, concrete, linen
  Colour background_colour;
  bool has_hanger = false;
  uint32_t texture_offset = 0;  ///< where noise textures start
};

/// @param view  0 is the catalogue's own picture; 1 and up vary more, and every third one is a
/// close-up
Scene sample_scene(int64_t seed, const Product& product, int view);

}  // namespace twinset::wardrobe
