#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "framework/core/options.h"
#include "framework/core/random.h"
#include "framework/data/image.h"

namespace twinset {

/// Geometry and colour of the images that encoders see.
struct TransformOptions {
  int image_size = 64;
  double crop_scale_min = 0.7;
  double crop_ratio_max = 4.0 / 3.0;
  double flip_probability = 0.5;
  double brightness = 0.0, contrast = 0.0, saturation = 0.0, hue = 0.0;

  template <class V>
  void visit(V&& v) {
    v("image_size", image_size,
      Field{.help = "side of the square image", .unit = "pixels", .min = 8, .max = 4096});
    v("crop_scale_min", crop_scale_min,
      Field{.help = "smallest share of the area that a random crop keeps; 1 with ratio 1: no crop",
            .max = 1,
            .above = 0});
    v("crop_ratio_max", crop_ratio_max,
      Field{.help = "largest aspect ratio of a crop, and the inverse of the smallest", .min = 1});
    v("flip_probability", flip_probability,
      Field{.help = "of a horizontal flip", .min = 0, .max = 1});
    v("brightness", brightness,
      Field{.help = "factor drawn from [1 - x, 1 + x]", .min = 0, .max = 1});
    v("contrast", contrast, Field{.help = "factor drawn from [1 - x, 1 + x]", .min = 0, .max = 1});
    v("saturation", saturation,
      Field{.help = "factor drawn from [1 - x, 1 + x]", .min = 0, .max = 1});
    v("hue", hue,
      Field{
          .help = "turn drawn from [-x, x]", .unit = "of the colour circle", .min = 0, .max = 0.5});
  }
};

/// A random-resized crop (antialiased bilinear), a flip, colour jitter; as torchvision's
/// RandomResizedCrop, RandomHorizontalFlip and ColorJitter define them. Writes image_size x
/// image_size x 3 bytes to `out`.
void augment(const Image& image, const TransformOptions& options, CounterRandom random,
             uint8_t* out);

/// The whole image resized (antialiased bilinear) to the square, no randomness: what evaluation
/// uses.
void resize_for_evaluation(const Image& image, const TransformOptions& options, uint8_t* out);

}  // namespace twinset
