// Changes of brightness, contrast, saturation and hue, in place, on RGB bytes.
#pragma once

#include <cstdint>

namespace twinset {

/// The four adjustments as torchvision's functional interface defines them for uint8 tensors:
/// blends with black, with the mean grey, with each pixel's own grey (factor 1 changes nothing),
/// and a turn of the hue in HSV (0 changes nothing).
/// @param pixels  [num_pixels, 3]
void adjust_brightness(uint8_t* pixels, int64_t num_pixels, double factor);
void adjust_contrast(uint8_t* pixels, int64_t num_pixels, double factor);
void adjust_saturation(uint8_t* pixels, int64_t num_pixels, double factor);
/// @param turn  of the colour circle, in [-0.5, 0.5]
void adjust_hue(uint8_t* pixels, int64_t num_pixels, double turn);

}  // namespace twinset
