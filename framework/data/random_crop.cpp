#include "framework/data/random_crop.h"

#include <algorithm>
#include <cmath>

namespace twinset {

CropBox random_crop(int width, int height, double scale_min, double ratio_max,
                    CounterRandom& random) {
  const double area = static_cast<double>(width) * height;
  const double log_ratio = std::log(ratio_max);
  for (int attempt = 0; attempt < 10; ++attempt) {
    const double target = area * random.uniform(scale_min, 1.0);
    const double ratio = std::exp(random.uniform(-log_ratio, log_ratio));
    const auto w = static_cast<int>(std::nearbyint(std::sqrt(target * ratio)));
    const auto h = static_cast<int>(std::nearbyint(std::sqrt(target / ratio)));
    if (w < 1 || h < 1 || w > width || h > height) continue;
    const auto top = static_cast<int>(random.below(static_cast<uint64_t>(height - h) + 1));
    const auto left = static_cast<int>(random.below(static_cast<uint64_t>(width - w) + 1));
    return {left, top, w, h};
  }
  int w = width, h = height;
  if (width < height / ratio_max) h = static_cast<int>(std::nearbyint(w * ratio_max));
  if (width > height * ratio_max) w = static_cast<int>(std::nearbyint(h * ratio_max));
  w = std::clamp(w, 1, width);
  h = std::clamp(h, 1, height);
  return {(width - w) / 2, (height - h) / 2, w, h};
}

}  // namespace twinset
