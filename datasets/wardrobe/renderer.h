// From a product and a scene to pixels. Cairo draws the garment; light, shadow, creases and background are computed by pixel.
#pragma once

#include <cstdint>
#include <vector>

#include "datasets/wardrobe/cairo_ptr.h"
#include "datasets/wardrobe/fabric.h"
#include "datasets/wardrobe/garment.h"
#include "datasets/wardrobe/scene.h"

namespace twinset::wardrobe {

inline constexpr int kMinImageSize = 96;
inline constexpr int kMaxImageSize = 512;

/// Draws square pictures of one size. Not shared between threads; what it draws depends on its arguments alone.
class Renderer {
 public:
  /// @param size  pixels a side, in [kMinImageSize, kMaxImageSize]
  explicit Renderer(int size);

  /// The picture as [size, size] pixels of blue, green, red and an unused byte; valid until the next call.
  const uint8_t* render(int64_t seed, const Product& product, const Scene& scene);
  /// How much of each pixel the garment covers, [size, size] in [0, 255]; of the last picture.
  std::vector<uint8_t> coverage() const;
  int size() const { return size_; }

 private:
  void draw_garment(const Product& product, const Garment& garment, const Scene& scene);
  void draw_part(cairo_t* c, const Part& part);
  void draw_hanger(cairo_t* c, const Garment& garment);
  void set_cloth(cairo_t* c, cairo_surface_t* cloth, double angle);
  void blur_shadow();
  void compose(const Scene& scene);

  int size_;
  int swatch_side_;
  SurfacePtr layer_;               ///< the garment alone, premultiplied
  std::vector<uint32_t> swatch_;   ///< the fabric
  std::vector<uint32_t> rib_;
  SurfacePtr swatch_surface_, rib_surface_;
  std::vector<uint8_t> shadow_, scratch_;
  std::vector<uint8_t> picture_;

  // Of the product being drawn.
  Dyes dyes_;
  Colour mark_;
  double shine_ = 0;
  double pixel_ = 0;               ///< 1/96 of the side, in garment units
  double units_to_pixels_ = 1;
};

}  // namespace twinset::wardrobe
