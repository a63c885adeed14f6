#include "datasets/wardrobe/renderer.h"

#include <algorithm>
#include <cmath>

#include "datasets/wardrobe/backdrop.h"
#include "datasets/wardrobe/emblem.h"

namespace twinset::wardrobe {

namespace {

constexpr int kRibSide = 16;

void trace(cairo_t* c, const Path& path) {
  cairo_new_path(c);
  for (const Path::Segment& s : path.segments()) {
    switch (s.verb) {
      case Path::Verb::kMove: cairo_move_to(c, s.end.x, s.end.y); break;
      case Path::Verb::kLine: cairo_line_to(c, s.end.x, s.end.y); break;
      case Path::Verb::kCurve: cairo_curve_to(c, s.a.x, s.a.y, s.b.x, s.b.y, s.end.x, s.end.y); break;
      case Path::Verb::kClose: cairo_close_path(c); break;
    }
  }
}

void set_colour(cairo_t* c, const Colour& colour) { cairo_set_source_rgb(c, colour.r, colour.g, colour.b); }

Colour seam_colour(const Colour& base) { return luma(base) < .22 ? mix(base, {1, 1, 1}, .27) : scaled(base, .62); }

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
  for (int i = 0; i < kRibSide * kRibSide; ++i) pixels[static_cast<size_t>(i)] = i % 4 < 2 ? light : dark;
}

SurfacePtr surface_of(std::vector<uint32_t>& pixels, int side) {
  pixels.resize(static_cast<size_t>(side) * static_cast<size_t>(side));
  return SurfacePtr(cairo_image_surface_create_for_data(reinterpret_cast<unsigned char*>(pixels.data()), CAIRO_FORMAT_RGB24, side, side, side * 4));
}

}  // namespace

Renderer::Renderer(int size)
    : size_(size),
      swatch_side_((size * 2 + 1) / 3),
      layer_(cairo_image_surface_create(CAIRO_FORMAT_ARGB32, size, size)),
      swatch_surface_(surface_of(swatch_, swatch_side_)),
      rib_surface_(surface_of(rib_, kRibSide)) {
  const size_t pixels = static_cast<size_t>(size) * static_cast<size_t>(size);
  shadow_.resize(pixels);
  scratch_.resize(pixels);
  picture_.resize(pixels * 4);
}

const uint8_t* Renderer::render(int64_t seed, const Product& product, const Scene& scene) {
  const auto random = [&](std::string_view purpose) {
    return CounterRandom({static_cast<uint64_t>(seed), 0, static_cast<uint64_t>(product.index), purpose});
  };
  const Garment garment = make_garment(product, random("cut"));
  dyes_ = make_dyes(product, random("dye"));
  mark_ = brand_colour(product.get(Family::kBrand));
  shine_ = shine_of(product.get(Family::kMaterial));
  weave(product, dyes_, pattern_variant(product, random("pattern_variant")), swatch_side_, swatch_);
  weave_rib(dyes_.base, rib_);
  cairo_surface_mark_dirty(swatch_surface_.get());
  cairo_surface_mark_dirty(rib_surface_.get());
  draw_garment(product, garment, scene);
  blur_shadow();
  paint_backdrop(scene, size_, picture_.data());
  compose(scene);
  return picture_.data();
}

void Renderer::draw_garment(const Product& product, const Garment& garment, const Scene& scene) {
  ContextPtr context(cairo_create(layer_.get()));
  cairo_t* c = context.get();
  cairo_set_operator(c, CAIRO_OPERATOR_CLEAR);
  cairo_paint(c);
  cairo_set_operator(c, CAIRO_OPERATOR_OVER);
  cairo_set_antialias(c, CAIRO_ANTIALIAS_GOOD);
  cairo_set_line_join(c, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_cap(c, CAIRO_LINE_CAP_ROUND);
  cairo_set_tolerance(c, .15);

  const Box& box = garment.box;
  const double fit = 1.84 / std::max(box.height() * 1.0, box.width() * 1.0) * scene.zoom;
  const double half = size_ / 2.0;
  units_to_pixels_ = fit * half;
  pixel_ = size_ / 96.0 / units_to_pixels_;
  cairo_translate(c, half * (1 + scene.shift_x), half * (1 + scene.shift_y));
  cairo_rotate(c, scene.rotation);
  cairo_matrix_t shear;
  cairo_matrix_init(&shear, 1, 0, scene.shear, 1, 0, 0);
  cairo_transform(c, &shear);
  cairo_scale(c, scene.is_mirrored ? -units_to_pixels_ : units_to_pixels_, units_to_pixels_);
  cairo_translate(c, -(box.left + box.right) / 2, -(box.top + box.bottom) / 2);
  if (scene.has_hanger && garment.can_hang) draw_hanger(c, garment);
  for (const Part& part : garment.parts) draw_part(c, part);
  cairo_surface_flush(layer_.get());
  (void)product;
}

void Renderer::set_cloth(cairo_t* c, cairo_surface_t* cloth, double angle) {
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

void Renderer::draw_part(cairo_t* c, const Part& part) {
  trace(c, part.path);
  bool is_filled = true;
  Colour fill = dyes_.base;
  switch (part.fill) {
    case Fill::kNone: is_filled = false; break;
    case Fill::kFabric: set_cloth(c, swatch_surface_.get(), part.grain); break;
    case Fill::kRib: set_cloth(c, rib_surface_.get(), part.rib_angle); break;
    case Fill::kPlain: break;
    case Fill::kSecond: fill = dyes_.second; break;
    case Fill::kInside: fill = luma(dyes_.base) < .15 ? mix(dyes_.base, {1, 1, 1}, .13) : scaled(dyes_.base, .55); break;
    case Fill::kTrim: fill = luma(dyes_.base) > .45 ? mix(dyes_.base, {.2, .16, .14}, .75) : mix(dyes_.base, {1, 1, 1}, .75); break;
    case Fill::kMetal: fill = {.80, .80, .83}; break;
    case Fill::kLeather: fill = luma(dyes_.base) < .2 ? Colour{.50, .32, .18} : Colour{.26, .16, .10}; break;
    case Fill::kGold: fill = luma(dyes_.base) < .75 ? Colour{.84, .62, .28} : Colour{.55, .5, .45}; break;
    case Fill::kHanger: fill = {.62, .45, .28}; break;
    case Fill::kMark: fill = distance(mark_, dyes_.base) < .35 ? mix(mark_, luma(mark_) > .5 ? Colour{0, 0, 0} : Colour{1, 1, 1}, .5) : mark_; break;
    case Fill::kShade: case Fill::kLight: break;
  }
  const bool is_veil = part.fill == Fill::kShade || part.fill == Fill::kLight;
  const double veil = part.fill == Fill::kLight ? 1 : 0;
  const bool is_stroke_only = part.line == Line::kFill;
  if (is_filled && !is_stroke_only) {
    if (is_veil) {
      cairo_set_source_rgba(c, veil, veil, veil, part.shade);
    } else if (part.fill != Fill::kFabric && part.fill != Fill::kRib) {
      set_colour(c, fill);
    }
    cairo_fill_preserve(c);
    if (!is_veil && part.shade != 0) {
      const double tone = part.shade > 0 ? 1 : 0;
      cairo_set_source_rgba(c, tone, tone, tone, std::fabs(part.shade) * (luma(dyes_.base) < .2 ? 1.2 : 1));
      cairo_fill_preserve(c);
    }
    if (part.has_form) {
      const bool is_dark = luma(dyes_.base) < .2;
      PatternPtr form(cairo_pattern_create_linear(part.from.x, part.from.y, part.to.x, part.to.y));
      const double strength = part.form_strength;
      cairo_pattern_add_color_stop_rgba(form.get(), 0, 0, 0, 0, .34 * strength);
      cairo_pattern_add_color_stop_rgba(form.get(), .24, 0, 0, 0, .03);
      cairo_pattern_add_color_stop_rgba(form.get(), .36, 1, 1, 1, (shine_ + (is_dark ? .05 : 0)) * strength);
      cairo_pattern_add_color_stop_rgba(form.get(), .52, 1, 1, 1, .0);
      cairo_pattern_add_color_stop_rgba(form.get(), .72, 0, 0, 0, .06 * strength);
      cairo_pattern_add_color_stop_rgba(form.get(), 1, 0, 0, 0, .38 * strength);
      cairo_set_source(c, form.get());
      cairo_fill_preserve(c);
    }
  }
  if (part.line == Line::kNone) return;
  cairo_set_line_width(c, part.line_width * pixel_);
  if (part.line == Line::kEdge) {
    const Colour edge = scaled(dyes_.base, .45);
    cairo_set_source_rgba(c, edge.r, edge.g, edge.b, .9);
  } else if (part.line == Line::kSeam) {
    set_colour(c, seam_colour(dyes_.base));
  } else if (is_veil) {
    cairo_set_source_rgba(c, veil, veil, veil, part.shade);
  } else {
    set_colour(c, fill);
  }
  cairo_stroke(c);
}

void Renderer::draw_hanger(cairo_t* c, const Garment& garment) {
  const double top = std::max(garment.box.top, -.14);
  cairo_set_source_rgb(c, .45, .45, .48);
  cairo_set_line_width(c, 1.4 * pixel_);
  cairo_move_to(c, 0, top + .06);
  cairo_line_to(c, 0, top - .06);
  cairo_curve_to(c, .09, top - .08, .09, top - .19, 0, top - .18);
  cairo_stroke(c);
  cairo_set_source_rgb(c, .66, .48, .30);
  cairo_set_line_width(c, 3 * pixel_);
  cairo_move_to(c, -.36, .10);
  cairo_line_to(c, 0, top + .05);
  cairo_line_to(c, .36, .10);
  cairo_stroke(c);
}

std::vector<uint8_t> Renderer::coverage() const {
  std::vector<uint8_t> result;
  const uint8_t* data = cairo_image_surface_get_data(layer_.get());
  const int stride = cairo_image_surface_get_stride(layer_.get());
  for (int y = 0; y < size_; ++y) {
    for (int x = 0; x < size_; ++x) result.push_back(data[y * stride + x * 4 + 3]);
  }
  return result;
}

// Two box blurs in each direction are near enough to a Gaussian for a soft shadow.
void Renderer::blur_shadow() {
  const uint8_t* data = cairo_image_surface_get_data(layer_.get());
  const int stride = cairo_image_surface_get_stride(layer_.get());
  const int radius = std::max(1, size_ / 32), width = 2 * radius + 1;
  for (int y = 0; y < size_; ++y) {
    uint8_t* row = scratch_.data() + y * size_;
    int sum = 0;
    const auto alpha = [&](int x) { return x < 0 || x >= size_ ? 0 : int{data[y * stride + x * 4 + 3]}; };
    for (int x = -radius; x < radius; ++x) sum += alpha(x);
    for (int x = 0; x < size_; ++x) {
      sum += alpha(x + radius);
      row[x] = static_cast<uint8_t>(sum / width);
      sum -= alpha(x - radius);
    }
  }
  std::vector<int> sums(static_cast<size_t>(size_), 0);
  const auto add_row = [&](int y, int sign) {
    if (y < 0 || y >= size_) return;
    const uint8_t* row = scratch_.data() + y * size_;
    for (int x = 0; x < size_; ++x) sums[static_cast<size_t>(x)] += sign * row[x];
  };
  for (int y = -radius; y < radius; ++y) add_row(y, 1);
  for (int y = 0; y < size_; ++y) {
    add_row(y + radius, 1);
    uint8_t* row = shadow_.data() + y * size_;
    for (int x = 0; x < size_; ++x) row[x] = static_cast<uint8_t>(sums[static_cast<size_t>(x)] / width);
    add_row(y - radius, -1);
  }
}

void Renderer::compose(const Scene& scene) {
  const uint8_t* layer = cairo_image_surface_get_data(layer_.get());
  const int stride = cairo_image_surface_get_stride(layer_.get());
  const NoiseField& creases = crease_field();
  const NoiseField& grain = grain_field();
  const int drop_x = size_ / 40 + 1, drop_y = size_ / 28 + 1;
  const float zoom = 96.0f * 1.6f / static_cast<float>(size_);
  const auto offset = static_cast<int>(scene.texture_offset & 0xffff), grain_offset = static_cast<int>(scene.texture_offset >> 16);
  const float crease_strength = static_cast<float>(scene.wrinkles) * .13f, noise = static_cast<float>(scene.noise) * 255.0f;
  const float red = static_cast<float>(scene.exposure * (1 + scene.warmth)), blue = static_cast<float>(scene.exposure * (1 - scene.warmth));
  const float green = static_cast<float>(scene.exposure);
  for (int y = 0; y < size_; ++y) {
    const uint8_t* cloth = layer + y * stride;
    uint8_t* out = picture_.data() + static_cast<size_t>(y) * static_cast<size_t>(size_) * 4;
    const uint8_t* shadow = y >= drop_y ? shadow_.data() + (y - drop_y) * size_ : nullptr;
    const float v = (static_cast<float>(y) + .5f) / static_cast<float>(size_) - .5f;
    for (int x = 0; x < size_; ++x, cloth += 4, out += 4) {
      const float u = (static_cast<float>(x) + .5f) / static_cast<float>(size_) - .5f;
      const float light = 1 + static_cast<float>(scene.light_x) * u + static_cast<float>(scene.light_y) * v;
      const int cover = cloth[3];
      float behind = 0;
      if (cover < 255) {
        const float dark = shadow != nullptr && x >= drop_x ? shadow[x - drop_x] / 255.0f : 0;
        behind = (1 - static_cast<float>(cover) / 255.0f) * (1 - static_cast<float>(scene.shadow) * dark);
      }
      float crease = 1;
      if (cover > 0) crease += crease_strength * creases.at(static_cast<float>(x) * zoom, static_cast<float>(y) * zoom, offset);
      const float n = noise * grain.at(x, y, grain_offset);
      const auto channel = [&](int k, float gain) {
        const float value = (static_cast<float>(out[k]) * behind + static_cast<float>(cloth[k]) * crease) * light * gain + n;
        return static_cast<uint8_t>(std::clamp(value + .5f, 0.0f, 255.0f));
      };
      out[0] = channel(0, blue);
      out[1] = channel(1, green);
      out[2] = channel(2, red);
    }
  }
}

}  // namespace twinset::wardrobe
