#include <cmath>
#include <string_view>

#include "datasets/wardrobe/torso.h"

namespace twinset::wardrobe {

SleeveCut make_sleeve(const Product& product, const Torso& torso) {
  SleeveCut cut;
  const std::string_view sleeve = product.get(Family::kSleeve),
                         category = product.get(Family::kCategory);
  if (sleeve == "long") {
    cut = {1.28, .31, .17, 0};
  } else if (sleeve == "three-quarter") {
    cut = {.80, .40, .22, 0};
  } else {
    cut = {.40, .74, .30, 0};
  }
  if (category == "blouse") {
    cut.puff = sleeve == "short" ? .12 : .14;
    cut.cuff *= sleeve == "three-quarter" ? 1.3 : .95;
  } else if (category == "coat" || category == "jacket" || category == "hoodie") {
    cut.cuff += .04;
  } else if (category == "t-shirt" || category == "polo shirt") {
    cut.cuff += sleeve == "short" ? .03 : 0;
  }
  const std::string_view fit = product.get(Family::kFit);
  cut.cuff += fit == "oversized" ? .06 : fit == "relaxed" ? .03 : fit == "slim" ? -.015 : 0;
  if (torso.has_sleeves && product.get(Family::kNeckline) == "off-shoulder") cut.angle *= .72;
  return cut;
}

void add_sleeves(const Product& product, const Torso& t, const SleeveCut& cut, Garment& garment) {
  if (!t.has_sleeves) return;
  const std::string_view category = product.get(Family::kCategory),
                         sleeve = product.get(Family::kSleeve);
  const bool is_off_shoulder = product.get(Family::kNeckline) == "off-shoulder";
  const double dx = std::sin(cut.angle), dy = std::cos(cut.angle);  // along the arm
  const double nx = dy, ny = -dx;                                   // outward
  const Point top =
      is_off_shoulder ? Point{t.shoulder + .05, .18} : Point{t.shoulder, t.shoulder_y};
  const Point pit = {t.chest, t.armpit_y};
  const Point outer = {top.x + dx * cut.length + nx * .05, top.y + dy * cut.length + ny * .05};
  const Point inner = {outer.x - nx * cut.cuff, outer.y - ny * cut.cuff};
  const auto along = [&](const Point& p, double s, double out) {
    return Point{p.x + dx * s + nx * out, p.y + dy * s + ny * out};
  };

  const double length = cut.length, puff = cut.puff;
  const Point o1 = along(top, length * .25, .08 + puff * .7),
              o2 = along(outer, -length * .3, puff * 1.2);
  const Point i1 = along(inner, -length * .3, -puff),
              i2 = along(pit, length * .12, -.01 - puff * .3);
  Part part;
  part.path.move(t.shoulder - .14, t.shoulder_y + .03)
      .line(top.x, top.y)
      .curve(o1.x, o1.y, o2.x, o2.y, outer.x, outer.y)
      .line(inner.x, inner.y)
      .curve(i1.x, i1.y, i2.x, i2.y, pit.x, pit.y)
      .line(t.shoulder - .14, t.armpit_y - .05)
      .close();
  part.grain = -cut.angle;
  part.has_form = true;
  const Point middle = along(top, length * .6, -.12);
  part.from = {middle.x - nx * .2, middle.y - ny * .2};
  part.to = {middle.x + nx * .2, middle.y + ny * .2};
  if (product.get(Family::kPattern) == "colour block") part.fill = Fill::kSecond;
  garment.add_pair(part);

  const auto cuff = [&](double height, Fill fill, double flare) {
    Part band;
    const Point a = along(outer, -height, flare), b = along(inner, -height, -flare);
    const Point c = along(inner, .01, flare), d = along(outer, .01, -flare);
    band.path = polygon({a, d, c, b});
    band.fill = fill;
    band.rib_angle = -cut.angle;
    band.grain = -cut.angle;
    band.shade = fill == Fill::kFabric ? -.05 : 0;
    garment.add_pair(band);
  };
  const bool has_ribs = category == "sweater" || category == "cardigan" || category == "hoodie";
  const bool is_puffer = category == "jacket" && product.get(Family::kMaterial) == "nylon";
  if (sleeve != "short" && (has_ribs || is_puffer)) {
    cuff(.12, Fill::kRib, .012);
  } else if (category == "polo shirt") {
    cuff(.055, product.is(Family::kDetail, "contrast piping") ? Fill::kSecond : Fill::kRib, 0);
  } else if (category == "shirt" && sleeve != "short") {
    cuff(.13, Fill::kFabric, .008);
    const Point button = along(outer, -.06, -.05);
    Part dot;
    dot.path = circle(button.x, button.y, .014);
    dot.fill = Fill::kTrim;
    dot.line = Line::kNone;
    garment.add_pair(dot);
  } else if (puff > 0) {
    cuff(.06, Fill::kFabric, -.01);
    for (double s : {.25, .5, .75}) {  // gathers
      const Point a = along({outer.x - nx * cut.cuff * s, outer.y - ny * cut.cuff * s}, -.06, 0);
      const Point b = along(a, -.16, puff * (s < .5 ? .4 : -.4));
      garment.stroke_pair(polyline({a, b}), .8);
    }
  } else {
    const Point a = along(outer, -.05, 0), b = along(inner, -.05, 0);
    garment.stroke_pair(polyline({a, b}), .7);
  }
  if (product.is(Family::kDetail, "elbow patches") && sleeve == "long") {
    const Point elbow = along(top, length * .58, -.10);
    Part patch;
    patch.path = ellipse(elbow.x, elbow.y, .075, .12);
    patch.fill = Fill::kLeather;
    garment.add_pair(patch);
  }
  // Where the arm bends, the cloth creases.
  if (sleeve == "long") {
    const Point a = along(pit, length * .3, .02), b = along(top, length * .42, -.08);
    const Point c = along(pit, length * .38, .02), d = along(top, length * .52, -.07);
    garment.stroke_pair(polyline({a, b}), .7);
    garment.stroke_pair(polyline({c, d}), .7);
  }
}

}  // namespace twinset::wardrobe
