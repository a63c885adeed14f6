// Skirts, and the dresses that end in one.
#include <algorithm>
#include <string_view>

#include "datasets/wardrobe/torso.h"

namespace twinset::wardrobe {

namespace {

struct SkirtCut {
  double waist = .34, top = 0;  ///< half-width and y of the waist
  double hip = .46, hip_y = .4;
  double hem = .6, hem_y = 1.1, hem_dip = .05;
};

void shape_skirt(std::string_view shape, double drop, SkirtCut& cut) {
  cut.hem_y = cut.top + drop;
  cut.hip_y = cut.top + .40;
  cut.hip = cut.waist + .10;
  if (shape == "a-line") {
    cut.hem = cut.waist + .10 + .19 * drop;
  } else if (shape == "fit and flare" || shape == "pleated" || shape == "tiered") {
    cut.hem = cut.waist + .17 + .27 * drop;
    cut.hip = cut.waist + .19;
    cut.hem_dip = .08;
  } else if (shape == "pencil" || shape == "bodycon") {
    cut.hem = cut.waist + .045;
    cut.hem_dip = .015;
    cut.hip = cut.waist + .11;
  } else {
    cut.hem = cut.waist + .10 + .05 * drop;
    cut.hem_dip = .025;
  }
}

// Continues a half-outline that stands at (waist, top) down to the hem's middle.
void skirt_half(const SkirtCut& c, Path& path) {
  const double third = (c.hem_y - c.hip_y) / 3;
  path.curve(c.waist + .03, c.top + .14, c.hip, c.hip_y - .12, c.hip, c.hip_y);
  path.curve(c.hip + .01, c.hip_y + third, c.hem - (c.hem - c.hip) * .3, c.hem_y - third, c.hem,
             c.hem_y);
  path.curve(c.hem * .7, c.hem_y + c.hem_dip, c.hem * .35, c.hem_y + c.hem_dip, 0,
             c.hem_y + c.hem_dip);
}

void add_folds(std::string_view shape, const SkirtCut& c, CounterRandom& random, Garment& garment) {
  const double bottom = c.hem_y + c.hem_dip * .8;
  if (shape == "pleated") {
    for (int i = -7; i <= 7; ++i) {
      const double s = i / 7.6;
      Part& fold = garment.add(polygon({{s * c.waist, c.top + .05},
                                        {s * c.hem, bottom - .03},
                                        {(s + .055) * c.hem, bottom - .03},
                                        {(s + .045) * c.waist, c.top + .05}}),
                               Fill::kShade, Line::kNone);
      fold.shade = .20;
      garment.stroke(polyline({{s * c.waist, c.top + .05}, {s * c.hem, bottom}}), .8);
    }
    return;
  }
  if (shape == "tiered") {
    for (double s : {.36, .68}) {
      const double y = c.top + s * (c.hem_y - c.top),
                   half = (c.waist + (c.hem - c.waist) * s) * (s < .5 ? 1.0 : .98);
      Part& shadow =
          garment.add(Path().move(-half, y).curve(-half * .5, y + .05, half * .5, y + .05, half, y),
                      Fill::kShade, Line::kFill, 3);
      shadow.shade = .25;
      for (double x = -.85; x < .9; x += .17)
        garment.stroke(polyline({{x * half, y + .03}, {x * half * 1.04, y + .15}}), .7);
    }
    return;
  }
  const int count = shape == "pencil" || shape == "bodycon" || shape == "straight" ? 1 : 3;
  for (int i = 0; i < count; ++i) {
    for (double side : {-1.0, 1.0}) {
      const double s = side * (.2 + .27 * i + random.uniform(-.07, .07));
      const double start = c.top + random.uniform(.12, .3);
      Part& fold = garment.add(polygon({{s * c.hip * .9, start},
                                        {s * c.hem * 1.0, bottom - .02},
                                        {(s + .1) * c.hem, bottom - .02}}),
                               Fill::kShade, Line::kNone);
      fold.shade = count == 1 ? .06 : .13;
    }
  }
}

void add_skirt_details(const Product& product, const SkirtCut& c, Garment& garment) {
  const double bottom = c.hem_y + c.hem_dip;
  if (product.is(Family::kDetail, "ruffles"))
    add_ruffle(garment, c.hem - .01, c.hem_y - .12, .2, 11);
  if (product.is(Family::kDetail, "lace trim")) {
    for (double x = -c.hem + .04; x < c.hem; x += .07)
      garment.add(circle(x, bottom - .02 - .05 * x * x / (c.hem * c.hem), .04), Fill::kSecond,
                  Line::kSeam, .5);
  }
  if (product.is(Family::kDetail, "fringe")) {
    for (double x = -.96; x < .97; x += .09)
      garment.stroke(polyline({{x * c.hem, c.hem_y - .02}, {x * c.hem, bottom + .11}}), 1.3,
                     Fill::kPlain);
  }
  if (product.is(Family::kDetail, "embroidery")) {
    for (double x = -.7; x < .75; x += .28)
      garment.add(star(x * c.hem, c.hem_y - .16, .07, .03, 6), Fill::kSecond, Line::kNone);
  }
}

double skirt_drop(std::string_view length) {
  if (length == "mini") return .72;
  if (length == "knee length") return 1.12;
  if (length == "midi") return 1.52;
  return 2.05;
}

}  // namespace

void build_skirt(const Product& product, const Proportions& p, CounterRandom& random,
                 Garment& garment) {
  const std::string_view shape = product.get(Family::kShape);
  SkirtCut cut;
  cut.waist = (.35 + p.ease * .5) * p.body;
  shape_skirt(shape, skirt_drop(product.get(Family::kLength)) + random.uniform(-.04, .04), cut);

  garment.add(ellipse(0, .0, cut.waist - .01, .035), Fill::kInside);
  Path half;
  half.move(0, .03).curve(cut.waist * .5, .03, cut.waist * .8, .02, cut.waist, 0);
  skirt_half(cut, half);
  Part& body = garment.add(half.symmetric());
  body.has_form = true;
  body.from = {-cut.hip, .5};
  body.to = {cut.hip, .5};
  add_folds(shape, cut, random, garment);
  if (shape == "wrap") {
    garment.stroke(Path()
                       .move(-cut.waist * .4, .03)
                       .curve(.1, .4, .25, cut.hem_y * .7, cut.hem * .45, cut.hem_y + .02),
                   1.6);
    garment.stroke(polyline({{.24, .09}, {.2, .38}}), 2.4, Fill::kSecond);
    garment.stroke(polyline({{.25, .09}, {.3, .34}}), 2.4, Fill::kSecond);
  }
  add_skirt_details(product, cut, garment);
  const bool is_denim = product.get(Family::kMaterial) == "denim";
  if (product.is(Family::kDetail, "pockets") || is_denim) {
    garment.stroke_pair(Path().move(.16, .09).curve(.18, .22, .26, .26, cut.waist + .045, .25), 1.1,
                        is_denim ? Fill::kGold : Fill::kNone);
  }
  if (is_denim || product.get(Family::kClosure) == "buttons") {
    garment.stroke(polyline({{0, .04}, {0, is_denim ? .4 : cut.hem_y + cut.hem_dip}}), .9,
                   is_denim ? Fill::kGold : Fill::kNone);
    if (product.get(Family::kClosure) == "buttons")
      add_buttons(garment, 0, .16, cut.hem_y - .1, is_denim ? 4 : 6, .026);
  }
  if (product.get(Family::kClosure) == "elastic waist") {
    add_rib_band(garment, cut.waist, cut.waist + .01, .0, .085);
  } else {
    Path band;
    band.move(0, .03)
        .curve(cut.waist * .5, .03, cut.waist * .8, .02, cut.waist, 0)
        .line(cut.waist + .012, .085)
        .curve(cut.waist * .8, .105, cut.waist * .5, .115, 0, .115);
    garment.add(band.symmetric()).shade = .04;
  }
  if (product.is(Family::kDetail, "belt")) add_belt(garment, cut.waist + .005, .06, .075);
  garment.mark = {.2, .2};
  garment.chest = {0, .6};
}

void build_dress(const Product& product, const Proportions& p, CounterRandom& random,
                 Garment& garment) {
  const std::string_view shape = product.get(Family::kShape),
                         neckline = product.get(Family::kNeckline);
  Torso t = make_torso(product, p);
  t.waist = std::min(t.waist, .385 + p.ease);
  t.waist_y = .83;
  if (shape == "straight" || shape == "tiered") t.waist += .015;
  if (shape == "a-line" || shape == "fit and flare") t.waist -= .02;
  SkirtCut cut;
  cut.waist = t.waist;
  cut.top = t.waist_y;
  shape_skirt(shape, skirt_drop(product.get(Family::kLength)) + random.uniform(-.04, .04) - .05,
              cut);

  garment.can_hang = neckline != "sweetheart" && neckline != "off-shoulder";
  add_neck_back(product, t, garment);
  add_sleeves(product, t, make_sleeve(product, t), garment);
  Path half = bodice_half(product, t);
  skirt_half(cut, half);
  Part& body = garment.add(half.symmetric());
  body.has_form = true;
  body.from = {-t.chest, .6};
  body.to = {t.chest, .6};
  add_folds(shape, cut, random, garment);
  if (product.get(Family::kPattern) == "colour block") {
    Path block;
    block.move(0, t.waist_y + .02).line(t.waist, t.waist_y);
    skirt_half(cut, block);
    Part& lower = garment.add(block.symmetric(), Fill::kSecond, Line::kSeam);
    lower.has_form = true;
    lower.from = {-cut.hip, .6};
    lower.to = {cut.hip, .6};
  }
  add_skirt_details(product, cut, garment);
  if (shape == "wrap") {
    garment.stroke(
        Path().move(.02, t.neck_depth).curve(-.1, .6, -.2, .75, -t.waist, t.waist_y + .02), 1.2);
    garment.stroke(Path()
                       .move(-.2, t.waist_y + .05)
                       .curve(.1, 1.2, .2, cut.hem_y * .8, cut.hem * .4, cut.hem_y + .02),
                   1.6);
  }
  if (neckline == "shirt collar" || product.get(Family::kClosure) == "buttons") {
    garment.stroke_pair(polyline({{.035, t.neck_depth + .01}, {.035, cut.hem_y + cut.hem_dip}}),
                        .8);
    add_buttons(garment, 0, t.neck_depth + .1, cut.hem_y - .12, 9, .02);
  }
  if (shape == "bodycon" || shape == "straight") {
    garment.stroke(Path()
                       .move(-t.waist, t.waist_y)
                       .curve(-.2, t.waist_y + .02, .2, t.waist_y + .02, t.waist, t.waist_y),
                   .8);
    garment.stroke_pair(Path().move(.2, .5).curve(.19, .65, .17, .75, .18, .98), .7);
  } else {
    garment.stroke(Path()
                       .move(-t.waist, t.waist_y)
                       .curve(-.2, t.waist_y + .025, .2, t.waist_y + .025, t.waist, t.waist_y),
                   1.1);
  }
  if (product.is(Family::kDetail, "pockets"))
    garment.stroke_pair(
        polyline({{cut.waist * .75, cut.top + .14}, {cut.hip * .92, cut.top + .36}}), 1.3);
  add_neck_front(product, t, garment);
  if (product.is(Family::kDetail, "belt")) {
    if (shape == "wrap") {
      Path sash;
      sash.move(0, t.waist_y - .035)
          .line(t.waist + .008, t.waist_y - .045)
          .line(t.waist + .008, t.waist_y + .045)
          .line(0, t.waist_y + .055);
      garment.add(sash.symmetric(), Fill::kPlain).shade = -.15;
      for (double x : {.16, .27})
        garment.stroke(polyline({{.2, t.waist_y}, {x, t.waist_y + .4}}), 2.5, Fill::kInside);
    } else {
      add_belt(garment, t.waist + .005, t.waist_y, .075);
    }
  }
  garment.mark = {-.2, std::max(.46, t.neck_depth + .08)};
  garment.chest = {0, .6};
}

}  // namespace twinset::wardrobe
