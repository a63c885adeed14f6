// Writes a contact sheet: 100 products of the wardrobe in one PNG, each with its truth below, or
// one JPEG's look with --bare.
#include <fmt/format.h>

#include <cstdlib>
#include <cstring>
#include <string>

#include "datasets/wardrobe/cairo_ptr.h"
#include "datasets/wardrobe/renderer.h"

using namespace twinset::wardrobe;

int main(int argc, char** argv) {
  if (argc < 2) {
    fmt::print(stderr,
               "usage: wardrobe_sheet FILE.png [image_size=192] [first=0] [columns=10] [rows=10] "
               "[seed=0] [family=value]\n");
    return 2;
  }
  const auto number = [&](int i, int fallback) { return argc > i ? std::atoi(argv[i]) : fallback; };
  const int size = number(2, 192), first = number(3, 0), columns = number(4, 10),
            rows = number(5, 10), seed = number(6, 0);
  const std::string filter = argc > 7 ? argv[7] : "";
  const int gap = 4, caption = 42;
  SurfacePtr sheet(cairo_image_surface_create(CAIRO_FORMAT_RGB24, columns * (size + gap),
                                              rows * (size + caption)));
  ContextPtr context(cairo_create(sheet.get()));
  cairo_t* c = context.get();
  cairo_set_source_rgb(c, 1, 1, 1);
  cairo_paint(c);
  cairo_select_font_face(c, "sans", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
  cairo_set_font_size(c, std::max(7.0, size / 17.0));
  Renderer renderer(size);
  int64_t index = first;
  for (int cell = 0; cell < columns * rows; ++cell, ++index) {
    Product product = sample_product(seed, index);
    const auto matches = [&] {
      for (int f = 0; f < kNumFamilies; ++f) {
        const Family family = static_cast<Family>(f);
        if (filter.starts_with(family_name(family)) &&
            product.is(family,
                       filter.substr(std::min(filter.size(), family_name(family).size() + 1))))
          return true;
      }
      return filter.empty();
    };
    while (!matches()) product = sample_product(seed, ++index);
    const uint8_t* pixels = renderer.render(seed, product, sample_scene(seed, product, 0));
    SurfacePtr picture(cairo_image_surface_create_for_data(
        const_cast<uint8_t*>(pixels), CAIRO_FORMAT_RGB24, size, size, size * 4));
    const int x = cell % columns * (size + gap), y = cell / columns * (size + caption);
    cairo_set_source_surface(c, picture.get(), x, y);
    cairo_paint(c);
    cairo_surface_finish(picture.get());
    cairo_set_source_rgb(c, 0, 0, 0);
    const auto get = [&](Family family) { return std::string(product.get(family)); };
    const std::string lines[] = {
        get(Family::kColour) +
            (get(Family::kSecondColour).empty() ? "" : "+" + get(Family::kSecondColour)) + " " +
            get(Family::kCategory),
        get(Family::kPattern) + ", " + (get(Family::kSleeve).empty() ? "-" : get(Family::kSleeve)) +
            ", " + get(Family::kMaterial),
        (get(Family::kNeckline).empty() ? "" : get(Family::kNeckline) + ", ") +
            get(Family::kLength) + ", " + get(Family::kShape)};
    for (int i = 0; i < 3; ++i) {
      cairo_move_to(c, x + 2, y + size + 12 + 13 * i);
      cairo_show_text(c, lines[i].c_str());
    }
  }
  const cairo_status_t status = cairo_surface_write_to_png(sheet.get(), argv[1]);
  if (status != CAIRO_STATUS_SUCCESS) {
    fmt::print(stderr, "{}: can't write the sheet: {}\n", argv[1], cairo_status_to_string(status));
    return 1;
  }
}
