#include "datasets/wardrobe/emblem.h"

#include <array>

#include "datasets/wardrobe/garment.h"

namespace twinset::wardrobe {

namespace {

constexpr int kNumMarkShapes = 8;

int brand_index(std::string_view brand) {
  int index = 0;
  for (const auto& [name, weight] : family_weights(Family::kBrand)) {
    if (name == brand) return index;
    ++index;
  }
  return 0;
}

Path mark_shape(int shape, double x, double y, double r) {
  switch (shape) {
    case 0:
      return circle(x, y, r);
    case 1:
      return polygon({{x - r, y - r}, {x + r, y - r}, {x + r, y + r}, {x - r, y + r}});
    case 2:
      return star(x, y, r * 1.3, r * .55, 5);
    case 3:
      return polygon({{x, y - r * 1.3}, {x + r, y}, {x, y + r * 1.3}, {x - r, y}});
    case 4:
      return polygon({{x, y - r * 1.2}, {x + r * 1.2, y + r}, {x - r * 1.2, y + r}});
    case 5:
      return polygon({{x - r * 1.7, y - r * .45},
                      {x + r * 1.7, y - r * .45},
                      {x + r * 1.7, y + r * .45},
                      {x - r * 1.7, y + r * .45}});
    case 6:
      return polygon({{x - r * .4, y - r * 1.2},
                      {x + r * .4, y - r * 1.2},
                      {x + r * .4, y - r * .4},
                      {x + r * 1.2, y - r * .4},
                      {x + r * 1.2, y + r * .4},
                      {x + r * .4, y + r * .4},
                      {x + r * .4, y + r * 1.2},
                      {x - r * .4, y + r * 1.2},
                      {x - r * .4, y + r * .4},
                      {x - r * 1.2, y + r * .4},
                      {x - r * 1.2, y - r * .4},
                      {x - r * .4, y - r * .4}});
    default:
      return Path()
          .move(x - r * 1.2, y - r)
          .line(x, y + r * .2)
          .line(x + r * 1.2, y - r)
          .line(x + r * 1.2, y)
          .line(x, y + r * 1.2)
          .line(x - r * 1.2, y)
          .close();
  }
}

}  // namespace

Colour brand_colour(std::string_view brand) {
  static constexpr std::array<std::string_view, 5> kColours = {"red", "yellow", "white", "teal",
                                                               "black"};
  return palette_colour(
      kColours[static_cast<size_t>(brand_index(brand) / kNumMarkShapes) % kColours.size()]);
}

void add_brand_mark(const Product& product, Garment& garment) {
  const int shape = brand_index(product.get(Family::kBrand)) % kNumMarkShapes;
  Part& mark = garment.add(mark_shape(shape, garment.mark.x, garment.mark.y, .034), Fill::kMark,
                           Line::kSeam, .35);
  mark.shade = 0;
}

void add_graphic(const Product& product, CounterRandom& random, Garment& garment) {
  const double x = garment.chest.x, y = garment.chest.y, r = .19;
  (void)product;
  const auto add = [&](Path path, Fill fill) { garment.add(std::move(path), fill, Line::kNone); };
  switch (random.below(7)) {
    case 0:
      add(star(x, y, r * 1.15, r * .48, 5), Fill::kSecond);
      break;
    case 1:  // sun over a wave
      add(circle(x, y - .04, r * .8), Fill::kSecond);
      for (int i = 0; i < 3; ++i) {
        garment.stroke(Path()
                           .move(x - r, y + .1 + .05 * i)
                           .curve(x - r * .3, y + .03 + .05 * i, x + r * .3, y + .17 + .05 * i,
                                  x + r, y + .1 + .05 * i),
                       1.6, Fill::kSecond);
      }
      break;
    case 2:  // mountains
      add(polygon({{x - r * 1.3, y + r * .7},
                   {x - r * .4, y - r * .8},
                   {x + .02, y},
                   {x + r * .4, y - r * .4},
                   {x + r * 1.3, y + r * .7}}),
          Fill::kSecond);
      break;
    case 3:  // heart
      add(Path()
              .move(x, y + r)
              .curve(x - r * 1.9, y - r * .3, x - r * .8, y - r * 1.4, x, y - r * .45)
              .curve(x + r * .8, y - r * 1.4, x + r * 1.9, y - r * .3, x, y + r)
              .close(),
          Fill::kSecond);
      break;
    case 4:  // lightning
      add(polygon({{x + .05, y - r * 1.2},
                   {x - r * .8, y + .03},
                   {x - .02, y + .03},
                   {x - .07, y + r * 1.2},
                   {x + r * .8, y - .06},
                   {x + .02, y - .06}}),
          Fill::kSecond);
      break;
    case 5:  // lettering: bars of uneven length
      for (int row = 0; row < 3; ++row) {
        double left = x - r * (row == 1 ? 1.3 : .9);
        while (left < x + r * (row == 1 ? 1.1 : .7)) {
          const double width = random.uniform(.04, .09);
          add(polygon({{left, y - .13 + .1 * row},
                       {left + width, y - .13 + .1 * row},
                       {left + width, y - .07 + .1 * row},
                       {left, y - .07 + .1 * row}}),
              Fill::kSecond);
          left += width + .02;
        }
      }
      break;
    default:  // ring and dot
      add(circle(x, y, r), Fill::kSecond);
      add(circle(x, y, r * .66), Fill::kPlain);
      add(circle(x, y, r * .34), Fill::kSecond);
  }
}

}  // namespace twinset::wardrobe
