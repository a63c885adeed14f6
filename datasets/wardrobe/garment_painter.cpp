#include "datasets/wardrobe/garment_painter.h"

#include <algorithm>
#include <cmath>

#include "datasets/wardrobe/emblem.h"

namespace twinset::wardrobe {

namespace {

constexpr int kRibSide = 16;

void trace(cairo_t* c, const Path& path) {
  cairo_new_path(c);
  for (const Path::Segment& s : path.segments()) {
    switch (s.verb) {
      case Path::Verb::kMove:
        cairo_move_to(c, s.end.x, s.end.y);
        break;
      case Path::Verb::kLine:
        cairo_line_to(c, s.end.x, s.end.y);
        break;
      case Path::Verb::kCurve:
        cairo_curve_to(c, s.a.x, s.a.y, s.b.x, s.b.y, s.end.x, s.end.y);
        break;
      case Path::Verb::kClose:
        cairo_close_path(c);
        break;
    }
  }
}

void set_colour(cairo_t* c, const Colour& colour) {
  cairo_set_source_rgb(c, colour.r, colour.g, colour.b);
}

Colour seam_colour(const Colour& base) {
  return luma(base) < .22 ? mix(base, {1, 1, 1}, .27) : scaled(base, .62);
}

double shine_of(std::string_view material) {
  if (material == "satin" || material == "leather") return .34;
  if (material == "silk") return .24;
  if (material == "nylon" || material == "velvet") return .18;
  return .09;
}

// Steps of 2 pixels of a 96-pixel image: ribs stay visible at every size.
void weave_rib(const Colour& base, std::vector<uint32_t>& pixels) {
  const uint32_t light = pack(luma(base) < .2 ? mix(base, {1, 1, 1}, .12) : scaled(base, .92));
  const uint32_t dark = pack(scaled(base, luma(base) < .2 ? .8 : .72));
  pixels.resize(kRibSide * kRibSide);
  for (int i = 0; i < kRibSide * kRibSide; ++i)
    pixels[static_cast<size_t>(i)] = i % 4 < 2 ? light : dark;
}

SurfacePtr surface_of(std::vector<uint32_t>& pixels, int side) {
  pixels.resize(static_cast<size_t>(side) * static_cast<size_t>(side));
  return SurfacePtr(cairo_image_surface_create_for_data(
      reinterpret_cast<unsigned char*>(pixels.data()), CAIRO_FORMAT_RGB24, side, side, side * 4));
}

bool is_veil(Fill fill) { return fill == Fill::kShade || fill == Fill::kLight; }

void set_veil(cairo_t* c, const Part& part) {
  const double tone = part.fill == Fill::kLight ? 1 : 0;
  cairo_set_source_rgba(c, tone, tone, tone, part.shade);
}

}  // namespace

GarmentPainter::GarmentPainter(int size)
    : size_(size),
      swatch_side_((size * 2 + 1) / 3),
      layer_(cairo_image_surface_create(CAIRO_FORMAT_ARGB32, size, size)),
      swatch_surface_(surface_of(swatch_, swatch_side_)),
      rib_surface_(surface_of(rib_, kRibSide)) {}

void GarmentPainter::paint(const Product& product, const Garment& garment, const Dyes& dyes,
                           int variant, const Scene& scene) {
  dyes_ = dyes;
  mark_ = brand_colour(product.get(Family::kBrand));
  shine_ = shine_of(product.get(Family::kMaterial));
  weave(product, dyes_, variant, swatch_side_, swatch_);
  weave_rib(dyes_.base, rib_);
  cairo_surface_mark_dirty(swatch_surface_.get());
  cairo_surface_mark_dirty(rib_surface_.get());

  ContextPtr context(cairo_create(layer_.get()));
  cairo_t* c = context.get();
  cairo_set_operator(c, CAIRO_OPERATOR_CLEAR);
  cairo_paint(c);
  cairo_set_operator(c, CAIRO_OPERATOR_OVER);
  cairo_set_antialias(c, CAIRO_ANTIALIAS_GOOD);
  cairo_set_line_join(c, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_cap(c, CAIRO_LINE_CAP_ROUND);
  cairo_set_tolerance(c, .15);
  set_pose(c, garment.box, scene);
  if (scene.has_hanger && garment.can_hang) paint_hanger(c, garment);
  for (const Part& part : garment.parts) paint_part(c, part);
  cairo_surface_flush(layer_.get());
}

void GarmentPainter::set_pose(cairo_t* c, const Box& box, const Scene& scene) {
  const double fit = 1.84 / std::max(box.height(), box.width()) * scene.zoom;
  const double half = size_ / 2.0;
  units_to_pixels_ = fit * half;
  pixel_ = std::pow(size_ / 96.0, .7) / units_to_pixels_;
  cairo_translate(c, half * (1 + scene.shift_x), half * (1 + scene.shift_y));
  cairo_rotate(c, scene.rotation);
  cairo_matrix_t shear;
  cairo_matrix_init(&shear, 1, 0, scene.shear, 1, 0, 0);
  cairo_transform(c, &shear);
  cairo_scale(c, scene.is_mirrored ? -units_to_pixels_ : units_to_pixels_, units_to_pixels_);
  cairo_translate(c, -(box.left + box.right) / 2, -(box.top + box.bottom) / 2);
}

void GarmentPainter::set_cloth(cairo_t* c, cairo_surface_t* cloth, double angle) {
  PatternPtr pattern(cairo_pattern_create_for_surface(cloth));
  const double scale = units_to_pixels_ / (cloth == rib_surface_.get() ? size_ / 96.0 : 1.0);
  cairo_matrix_t matrix;
  cairo_matrix_init_scale(&matrix, scale, scale);
  cairo_matrix_rotate(&matrix, -angle);
  cairo_matrix_translate(&matrix, .35, .2);
  cairo_pattern_set_matrix(pattern.get(), &matrix);
  cairo_pattern_set_extend(pattern.get(), CAIRO_EXTEND_REPEAT);
  cairo_pattern_set_filter(pattern.get(), CAIRO_FILTER_BILINEAR);
  cairo_set_source(c, pattern.get());
}

Colour GarmentPainter::plain_colour(Fill fill) const {
  const Colour white = {1, 1, 1}, black = {0, 0, 0};
  const double bright = luma(dyes_.base);
  switch (fill) {
    case Fill::kSecond:
      return dyes_.second;
    case Fill::kInside:
      return bright < .15 ? mix(dyes_.base, white, .13) : scaled(dyes_.base, .55);
    case Fill::kTrim:
      return bright > .45 ? mix(dyes_.base, {.2, .16, .14}, .75) : mix(dyes_.base, white, .75);
    case Fill::kMetal:
      return {.80, .80, .83};
    case Fill::kLeather:
      return bright < .2 ? Colour{.50, .32, .18} : Colour{.26, .16, .10};
    case Fill::kGold:
      return bright < .75 ? Colour{.84, .62, .28} : Colour{.55, .5, .45};
    case Fill::kHanger:
      return {.62, .45, .28};
    case Fill::kMark:
      return distance(mark_, dyes_.base) < .35 ? mix(mark_, luma(mark_) > .5 ? black : white, .5)
                                               : mark_;
    default:
      return dyes_.base;
  }
}

void GarmentPainter::paint_part(cairo_t* c, const Part& part) {
  trace(c, part.path);
  if (part.fill != Fill::kNone && part.line != Line::kFill) {
    if (is_veil(part.fill)) {
      set_veil(c, part);
    } else if (part.fill == Fill::kFabric) {
      set_cloth(c, swatch_surface_.get(), part.grain);
    } else if (part.fill == Fill::kRib) {
      set_cloth(c, rib_surface_.get(), part.rib_angle);
    } else {
      set_colour(c, plain_colour(part.fill));
    }
    cairo_fill_preserve(c);
    if (!is_veil(part.fill) && part.shade != 0) {
      const double tone = part.shade > 0 ? 1 : 0;
      cairo_set_source_rgba(c, tone, tone, tone,
                            std::fabs(part.shade) * (luma(dyes_.base) < .2 ? 1.2 : 1));
      cairo_fill_preserve(c);
    }
    if (part.has_form) paint_form(c, part);
  }
  if (part.line != Line::kNone) paint_line(c, part);
}

// A cylinder lit from the front left: dark edges, a highlight at a third.
void GarmentPainter::paint_form(cairo_t* c, const Part& part) {
  const double strength = part.form_strength, shine = shine_ + (luma(dyes_.base) < .2 ? .05 : 0);
  PatternPtr form(cairo_pattern_create_linear(part.from.x, part.from.y, part.to.x, part.to.y));
  const auto stop = [&](double at, double tone, double alpha) {
    cairo_pattern_add_color_stop_rgba(form.get(), at, tone, tone, tone, alpha);
  };
  stop(0, 0, .34 * strength);
  stop(.24, 0, .03);
  stop(.36, 1, shine * strength);
  stop(.52, 1, 0);
  stop(.72, 0, .06 * strength);
  stop(1, 0, .38 * strength);
  cairo_set_source(c, form.get());
  cairo_fill_preserve(c);
}

void GarmentPainter::paint_line(cairo_t* c, const Part& part) {
  cairo_set_line_width(c, part.line_width * pixel_);
  if (part.line == Line::kEdge) {
    const Colour edge = scaled(dyes_.base, .45);
    cairo_set_source_rgba(c, edge.r, edge.g, edge.b, .9);
  } else if (part.line == Line::kSeam) {
    set_colour(c, seam_colour(dyes_.base));
  } else if (is_veil(part.fill)) {
    set_veil(c, part);
  } else {
    set_colour(c, plain_colour(part.fill));
  }
  cairo_stroke(c);
}

void GarmentPainter::paint_hanger(cairo_t* c, const Garment& garment) {
  const double top = std::max(garment.box.top, -.14);
  set_colour(c, {.45, .45, .48});
  cairo_set_line_width(c, 1.4 * pixel_);
  cairo_move_to(c, 0, top + .06);
  cairo_line_to(c, 0, top - .06);
  cairo_curve_to(c, .09, top - .08, .09, top - .19, 0, top - .18);
  cairo_stroke(c);
  set_colour(c, plain_colour(Fill::kHanger));
  cairo_set_line_width(c, 3 * pixel_);
  cairo_move_to(c, -.36, .10);
  cairo_line_to(c, 0, top + .05);
  cairo_line_to(c, .36, .10);
  cairo_stroke(c);
}

}  // namespace twinset::wardrobe
