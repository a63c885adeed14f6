// From a product and a scene to pixels. Cairo draws the garment; light, shadow, creases and
// background are computed by pixel.
#pragma once

#include <cstdint>
#include <vector>

#include "datasets/wardrobe/garment_painter.h"
#include "datasets/wardrobe/scene.h"

namespace twinset::wardrobe {

inline constexpr int kMinImageSize = 96;
inline constexpr int kMaxImageSize = 512;

/// Draws square pictures of one size. Not shared between threads; what it draws depends on its
/// arguments alone.
class Renderer {
 public:
  /// @param size  pixels a side, in [kMinImageSize, kMaxImageSize]
  explicit Renderer(int size);

  /// The picture as [size, size] pixels of blue, green, red and an unused byte; valid until the
  /// next call.
  const uint8_t* render(int64_t seed, const Product& product, const Scene& scene);
  /// How much of each pixel the garment covers, [size, size] in [0, 255]; of the last picture.
  std::vector<uint8_t> coverage() const;
  int size() const { return size_; }

 private:
  void blur_shadow();
  void compose(const Scene& scene);

  int size_;
  GarmentPainter painter_;
  std::vector<uint8_t> shadow_, scratch_;
  std::vector<uint8_t> picture_;
};

}  // namespace twinset::wardrobe
