// Paints a garment's parts with Cairo, alone on a transparent picture.
#pragma once

#include <cstdint>
#include <vector>

#include "datasets/wardrobe/cairo_ptr.h"
#include "datasets/wardrobe/fabric.h"
#include "datasets/wardrobe/garment.h"
#include "datasets/wardrobe/scene.h"

namespace twinset::wardrobe {

/// Holds the picture and the cloth of one size; reused from product to product, not shared between
/// threads.
class GarmentPainter {
 public:
  explicit GarmentPainter(int size);

  /// Paints the garment in the scene's pose.
  ///
  /// @param variant  which drawing of its pattern the product has
  void paint(const Product& product, const Garment& garment, const Dyes& dyes, int variant,
             const Scene& scene);

  /// The picture: [size] rows of premultiplied blue, green, red, alpha.
  const uint8_t* pixels() const { return cairo_image_surface_get_data(layer_.get()); }
  int stride() const { return cairo_image_surface_get_stride(layer_.get()); }

 private:
  void set_pose(cairo_t* c, const Box& box, const Scene& scene);
  void set_cloth(cairo_t* c, cairo_surface_t* cloth, double angle);
  Colour plain_colour(Fill fill) const;
  void paint_part(cairo_t* c, const Part& part);
  void paint_form(cairo_t* c, const Part& part);
  void paint_line(cairo_t* c, const Part& part);
  void paint_hanger(cairo_t* c, const Garment& garment);

  int size_;
  int swatch_side_;
  SurfacePtr layer_;
  std::vector<uint32_t> swatch_, rib_;
  SurfacePtr swatch_surface_, rib_surface_;

  // Of the product being painted.
  Dyes dyes_;
  Colour mark_;
  double shine_ = 0;
  double pixel_ =
      0;  ///< a line of width 1, in garment units: a pixel at size 96, finer in larger pictures
  double units_to_pixels_ = 1;
};

}  // namespace twinset::wardrobe
