#include "framework/data/transform.h"

#include <algorithm>
#include <array>
#include <utility>

#include "framework/data/color_jitter.h"
#include "framework/data/random_crop.h"
#include "framework/data/resample.h"

namespace twinset {
namespace {

enum Adjustment : size_t { kBrightness, kContrast, kSaturation, kHue };

void jitter(const TransformOptions& options, CounterRandom& random, uint8_t* pixels,
            int64_t num_pixels) {
  if (options.brightness == 0 && options.contrast == 0 && options.saturation == 0 &&
      options.hue == 0)
    return;
  std::array<size_t, 4> order = {kBrightness, kContrast, kSaturation, kHue};
  for (size_t i = 4; i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
  const auto factor = [&](double strength) {
    return random.uniform(std::max(0.0, 1 - strength), 1 + strength);
  };
  const double brightness = factor(options.brightness), contrast = factor(options.contrast),
               saturation = factor(options.saturation);
  const double turn = random.uniform(-options.hue, options.hue);
  for (size_t adjustment : order) {
    if (adjustment == kBrightness && options.brightness > 0)
      adjust_brightness(pixels, num_pixels, brightness);
    if (adjustment == kContrast && options.contrast > 0)
      adjust_contrast(pixels, num_pixels, contrast);
    if (adjustment == kSaturation && options.saturation > 0)
      adjust_saturation(pixels, num_pixels, saturation);
    if (adjustment == kHue && options.hue > 0) adjust_hue(pixels, num_pixels, turn);
  }
}

}  // namespace

void augment(const Image& image, const TransformOptions& options, CounterRandom random,
             uint8_t* out) {
  const CropBox box = random_crop(image.width, image.height, options.crop_scale_min,
                                  options.crop_ratio_max, random);
  const bool is_flipped = random.bernoulli(options.flip_probability);
  resample(image, box, options.image_size, is_flipped, out);
  jitter(options, random, out, int64_t{options.image_size} * options.image_size);
}

void resize_for_evaluation(const Image& image, const TransformOptions& options, uint8_t* out) {
  resample(image, {0, 0, image.width, image.height}, options.image_size, false, out);
}

}  // namespace twinset
