// Buttons, zips, belts, rib bands, ruffles.
#include <cmath>
#include <numbers>

#include "datasets/wardrobe/torso.h"

namespace twinset::wardrobe {

void add_buttons(Garment& garment, double x, double top, double bottom, int count, double radius) {
  for (int i = 0; i < count; ++i) {
    const double y = count == 1 ? top : top + (bottom - top) * i / (count - 1);
    garment.add(circle(x, y, radius), Fill::kTrim, Line::kSeam, .4);
  }
}

void add_zip(Garment& garment, double top, double bottom) {
  garment.stroke(polyline({{0, top}, {0, bottom}}), 2.6, Fill::kInside);
  garment.stroke(polyline({{0, top}, {0, bottom}}), 1.2, Fill::kMetal);
  garment.add(polygon({{-.018, top}, {.018, top}, {.014, top + .09}, {-.014, top + .09}}),
              Fill::kMetal, Line::kSeam, .5);
}

void add_belt(Garment& garment, double half, double y, double height) {
  Path belt;
  belt.move(0, y - height / 2 + .01)
      .curve(half * .5, y - height / 2 + .01, half * .8, y - height / 2, half + .01,
             y - height / 2);
  belt.line(half + .01, y + height / 2)
      .curve(half * .8, y + height / 2, half * .5, y + height / 2 + .01, 0, y + height / 2 + .01);
  garment.add(belt.symmetric(), Fill::kLeather);
  const double side = height * .75;
  garment.add(polygon({{-side, y - side}, {side, y - side}, {side, y + side}, {-side, y + side}}),
              Fill::kNone, Line::kNone);
  garment.stroke(polygon({{-side, y - side * .8},
                          {side, y - side * .8},
                          {side, y + side * .8},
                          {-side, y + side * .8}}),
                 1.5, Fill::kMetal);
}

void add_rib_band(Garment& garment, double half_top, double half_bottom, double y, double height) {
  Path band;
  band.move(0, y + .02)
      .curve(half_top * .4, y + .02, half_top * .7, y, half_top, y)
      .line(half_bottom, y + height);
  band.curve(half_bottom * .7, y + height, half_bottom * .4, y + height + .02, 0, y + height + .02);
  Part& part = garment.add(band.symmetric(), Fill::kRib);
  part.has_form = true;
  part.from = {-half_top, 0};
  part.to = {half_top, 0};
}

void add_ruffle(Garment& garment, double half, double y, double height, int waves) {
  Path ruffle;
  ruffle.move(-half, y).line(half, y);
  const double step = 2 * half / waves;
  for (int i = 0; i < waves; ++i) {
    const double right = half - step * i, left = right - step;
    if (i == 0) ruffle.line(right + .03, y + height * .8);
    ruffle.curve(right - step * .1, y + height * 1.12, left + step * .1, y + height * 1.12,
                 left - (i + 1 == waves ? .03 : 0), y + height * .8);
  }
  ruffle.close();
  garment.add(ruffle).shade = .05;
  for (int i = 1; i < waves; ++i) {
    const double x = -half + step * i;
    garment.stroke(polyline({{x, y + height * .8}, {x * .97, y + height * .25}}), .7);
  }
}

}  // namespace twinset::wardrobe
