#include "datasets/wardrobe/torso.h"

#include <cmath>
#include <string_view>

namespace twinset::wardrobe {

namespace {

void set_neckline(std::string_view neckline, Torso& torso) {
  if (neckline == "v-neck") {
    torso.neck_width = .19, torso.neck_depth = .46;
  } else if (neckline == "scoop neck") {
    torso.neck_width = .25, torso.neck_depth = .36;
  } else if (neckline == "square neck") {
    torso.neck_width = .24, torso.neck_depth = .30;
  } else if (neckline == "boat neck") {
    torso.neck_width = .33, torso.neck_depth = .09, torso.neck_y = .02;
  } else if (neckline == "lapel") {
    torso.neck_width = .17, torso.neck_depth = .70;
  } else if (neckline == "turtleneck" || neckline == "stand collar") {
    torso.neck_width = .16, torso.neck_depth = .07;
  } else if (neckline == "shirt collar" || neckline == "polo collar") {
    torso.neck_width = .16, torso.neck_depth = .12;
  } else if (neckline == "hood") {
    torso.neck_width = .19, torso.neck_depth = .14;
  }
}

double hem_of(std::string_view length) {
  if (length == "cropped") return .98;
  if (length == "longline") return 1.68;
  if (length == "knee length") return 2.05;
  if (length == "midi") return 2.35;
  if (length == "maxi") return 2.65;
  return 1.32;
}

void neck_curve(const Product& product, const Torso& t, Path& path) {
  const std::string_view neckline = product.get(Family::kNeckline);
  path.move(0, t.neck_depth);
  if (neckline == "v-neck" || neckline == "lapel") {
    path.curve(t.neck_width * .36, t.neck_depth * .6, t.neck_width * .8, t.neck_depth * .22, t.neck_width, t.neck_y);
  } else if (neckline == "square neck") {
    path.line(t.neck_width * .94, t.neck_depth).line(t.neck_width, t.neck_y);
  } else {
    path.curve(t.neck_width * .62, t.neck_depth, t.neck_width * .95, t.neck_depth * .55, t.neck_width, t.neck_y);
  }
}

}  // namespace

Torso make_torso(const Product& product, const Proportions& p) {
  Torso t;
  const std::string_view neckline = product.get(Family::kNeckline), shape = product.get(Family::kShape);
  t.has_sleeves = product.get(Family::kSleeve) != "sleeveless";
  set_neckline(neckline, t);
  t.hem_y = hem_of(product.get(Family::kLength));
  if (p.is_mens) {
    t.shoulder += .035, t.chest += .03, t.waist += .045, t.hem += .015;
    t.hem_y += t.hem_y < 2 ? .06 : 0;
  } else {
    t.waist -= .03;
  }
  t.chest += p.ease;
  t.waist += p.ease * 1.3;
  t.hem += p.ease;
  t.shoulder += std::max(0.0, p.ease) * .8;
  t.shoulder_y += std::max(0.0, p.ease) * .3;
  t.armpit_y += std::max(0.0, p.ease) * .8;
  if (shape == "boxy") {
    t.waist = t.chest + .02, t.hem = t.chest + .03;
  } else if (shape == "a-line") {
    t.hem += .12;
  } else if (shape == "peplum") {
    t.waist -= .07;
  }
  if (!t.has_sleeves) {
    t.shoulder = std::max(t.shoulder - .09, t.neck_width + .09);
    t.shoulder_y = .05;
    if (product.get(Family::kCategory) == "tank top") t.shoulder = t.neck_width + .09;
  }
  for (double* width : {&t.neck_width, &t.shoulder, &t.chest, &t.waist, &t.hem}) *width *= p.body;
  return t;
}

Path bodice_half(const Product& product, const Torso& t) {
  const std::string_view neckline = product.get(Family::kNeckline);
  Path path;
  if (neckline == "halter") {
    path.move(0, .16).curve(.07, .13, .1, .02, .11, -.12).line(.2, -.13).curve(.2, .12, .3, .36, t.chest - .02, t.armpit_y + .03);
  } else if (neckline == "sweetheart") {
    path.move(0, .40).curve(.05, .28, .2, .21, .28, .27).curve(.33, .31, .4, .36, t.chest - .02, t.armpit_y - .02);
  } else if (neckline == "off-shoulder") {
    path.move(0, .27).curve(.2, .27, .4, .24, t.shoulder + .06, .18).line(t.chest, t.armpit_y);
  } else {
    neck_curve(product, t, path);
    path.line(t.shoulder, t.shoulder_y);
    if (t.has_sleeves) {
      path.curve(t.shoulder - .02, .2, t.chest - .05, t.armpit_y - .1, t.chest, t.armpit_y);
    } else {
      path.curve(t.shoulder - .05, .22, t.shoulder - .04, t.armpit_y - .02, t.chest, t.armpit_y + .02);
    }
  }
  path.curve(t.chest, t.armpit_y + .17, t.waist, t.waist_y - .22, t.waist, t.waist_y);
  return path;
}

Path torso_half(const Product& product, const Torso& t) {
  Path path = bodice_half(product, t);
  if (t.hem_y > t.waist_y + .2) {
    path.curve(t.waist, t.waist_y + .14, t.hem, t.hem_y - .24, t.hem, t.hem_y);
  } else {
    path.line(t.waist, t.hem_y);
  }
  const double hem = t.hem_y > t.waist_y + .2 ? t.hem : t.waist;
  if (t.hem_dip > .05) {  // shirt tails: the sides are cut up
    path.curve(hem - .02, t.hem_y + t.hem_dip * .5, hem * .7, t.hem_y + t.hem_dip, 0, t.hem_y + t.hem_dip);
  } else {
    path.curve(hem * .66, t.hem_y + t.hem_dip, hem * .3, t.hem_y + t.hem_dip, 0, t.hem_y + t.hem_dip);
  }
  return path;
}

SleeveCut make_sleeve(const Product& product, const Torso& torso) {
  SleeveCut cut;
  const std::string_view sleeve = product.get(Family::kSleeve), category = product.get(Family::kCategory);
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
  const std::string_view category = product.get(Family::kCategory), sleeve = product.get(Family::kSleeve);
  const bool is_off_shoulder = product.get(Family::kNeckline) == "off-shoulder";
  const double dx = std::sin(cut.angle), dy = std::cos(cut.angle);  // along the arm
  const double nx = dy, ny = -dx;                                   // outward
  const Point top = is_off_shoulder ? Point{t.shoulder + .05, .18} : Point{t.shoulder, t.shoulder_y};
  const Point pit = {t.chest, t.armpit_y};
  const Point outer = {top.x + dx * cut.length + nx * .05, top.y + dy * cut.length + ny * .05};
  const Point inner = {outer.x - nx * cut.cuff, outer.y - ny * cut.cuff};
  const auto along = [&](const Point& p, double s, double out) {
    return Point{p.x + dx * s + nx * out, p.y + dy * s + ny * out};
  };

  const double length = cut.length, puff = cut.puff;
  const Point o1 = along(top, length * .25, .08 + puff * .7), o2 = along(outer, -length * .3, puff * 1.2);
  const Point i1 = along(inner, -length * .3, -puff), i2 = along(pit, length * .12, -.01 - puff * .3);
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
