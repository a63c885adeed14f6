// Antialiased bilinear resampling of a box of an image.
#pragma once

#include <cstdint>

#include "framework/data/image.h"

namespace twinset {

/// A part of an image, in pixels.
struct CropBox {
  int left = 0;
  int top = 0;
  int width = 0;
  int height = 0;
};

/// Resamples `box` to size x size x 3 bytes at `out`, mirrored left to right if `is_flipped`. Only
/// pixels of the box count.
///
/// Each output pixel is the mean of the input under a triangle of half-width max(scale, 1) around
/// its centre, scale = box side / size: Pillow's BILINEAR and torch's interpolate(mode="bilinear",
/// antialias=True). In whole numbers (weights of 16 bits, 15 bits between the vertical and the
/// horizontal pass): the same bytes on every machine.
void resample(const Image& image, const CropBox& box, int size, bool is_flipped, uint8_t* out);

}  // namespace twinset
