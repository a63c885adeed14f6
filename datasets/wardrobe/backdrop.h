// Backgrounds, and the noise that creases, grain and surfaces are made of.
#pragma once

#include <cstdint>
#include <vector>

#include "datasets/wardrobe/scene.h"

namespace twinset::wardrobe {

/// A square of noise that repeats without a seam, about in [-1, 1].
class NoiseField {
 public:
  static constexpr int kSide = 256;
  explicit NoiseField(std::vector<float> values) : values_(std::move(values)) {}
  float at(int x, int y, int offset) const {
    return values_[static_cast<size_t>(((y + (offset >> 8)) & (kSide - 1)) * kSide +
                                       ((x + offset) & (kSide - 1)))];
  }
  /// Bilinear; x, y >= 0.
  float at(float x, float y, int offset) const {
    const int ix = static_cast<int>(x), iy = static_cast<int>(y);
    const float fx = x - static_cast<float>(ix), fy = y - static_cast<float>(iy);
    const float top = at(ix, iy, offset) * (1 - fx) + at(ix + 1, iy, offset) * fx;
    const float bottom = at(ix, iy + 1, offset) * (1 - fx) + at(ix + 1, iy + 1, offset) * fx;
    return top * (1 - fy) + bottom * fy;
  }

 private:
  std::vector<float> values_;
};

/// Soft creases of cloth, lit from the left, mostly downward.
const NoiseField& crease_field();
/// White noise of unit deviation.
const NoiseField& grain_field();
/// Clouds, for concrete.
const NoiseField& cloud_field();

/// Fills [size, size] pixels (blue, green, red, unused) with a scene's background.
void paint_backdrop(const Scene& scene, int size, uint8_t* pixels);

}  // namespace twinset::wardrobe
