// Jeans, trousers, leggings, shorts, and the jumpsuit that ends in them.
#include <algorithm>
#include <string_view>

#include "datasets/wardrobe/torso.h"

namespace twinset::wardrobe {

namespace {

struct LegCut {
  double waist = .35, top = 0;
  double hip = .45, hip_y = .42, crotch_y = .68;
  double middle = .26;              ///< x of a leg's middle at the hem
  double knee = .15, knee_y = 1.3;  ///< half-widths
  double hem = .13, hem_y = 2.2;
};

void shape_legs(const Product& product, LegCut& c) {
  const std::string_view shape = product.get(Family::kShape), length = product.get(Family::kLength);
  const bool is_shorts = product.get(Family::kCategory) == "shorts";
  double drop = length == "full length" ? 2.2 : length == "ankle" ? 1.98 : 1.68;
  if (is_shorts) drop = length == "mini" ? .80 : length == "bermuda" ? 1.22 : .98;
  c.hem_y = c.top + drop;
  c.hip_y = c.top + .42;
  c.crotch_y = c.top + .66;
  c.knee_y = c.top + 1.3;
  if (shape == "skinny") {
    c.knee = .115, c.hem = .085, c.middle = .21;
  } else if (shape == "slim-leg") {
    c.knee = .14, c.hem = .115, c.middle = .23;
  } else if (shape == "wide-leg" || shape == "pleated") {
    c.knee = .22, c.hem = .26, c.middle = .32;
  } else if (shape == "bootcut") {
    c.knee = .14, c.hem = .18, c.middle = .26;
  } else if (shape == "flared") {
    c.knee = .13, c.hem = .245, c.middle = .29;
  } else {
    c.knee = .17, c.hem = .165, c.middle = .26;
  }
  if (is_shorts) {
    c.hem = (shape == "slim-leg" ? .19 : shape == "wide-leg" ? .28 : .225) - (drop - .8) * .07;
    c.middle = .27;
    c.crotch_y = c.top + .58;
  }
}

// Right half of both legs: continues at (waist, top), ends at the crotch.
void leg_half(const LegCut& c, bool is_shorts, Path& path) {
  const double outer_hem = c.middle + c.hem, inner_hem = c.middle - c.hem;
  path.curve(c.waist + .03, c.top + .14, c.hip, c.hip_y - .15, c.hip, c.hip_y);
  if (is_shorts) {
    path.curve(c.hip + .01, c.hip_y + .15, outer_hem, c.hem_y - .2, outer_hem, c.hem_y);
    path.curve(c.middle, c.hem_y + .03, c.middle, c.hem_y + .03, inner_hem, c.hem_y + .01)
        .line(0, c.crotch_y);
    return;
  }
  const double knee_x = c.middle * .92 + .01;
  path.curve(c.hip + .005, c.hip_y + .3, knee_x + c.knee, c.knee_y - .35, knee_x + c.knee,
             c.knee_y);
  path.curve(knee_x + c.knee, c.knee_y + .3, outer_hem, c.hem_y - .35, outer_hem, c.hem_y);
  path.curve(c.middle, c.hem_y + .025, c.middle, c.hem_y + .025, inner_hem, c.hem_y + .005);
  path.curve(inner_hem, c.hem_y - .35, knee_x - c.knee, c.knee_y + .3, knee_x - c.knee, c.knee_y);
  path.curve(knee_x - c.knee, c.knee_y - .25, .04, c.crotch_y + .15, 0, c.crotch_y);
}

void shade_legs(const LegCut& c, bool is_shorts, Garment& garment) {
  Part inner;
  const double bottom = c.hem_y;
  inner.path.move(0, c.crotch_y - .02).line(.03, c.crotch_y - .02);
  inner.path.curve(.1, c.crotch_y + .2, c.middle - c.hem * .6, bottom - .4, c.middle - c.hem * .45,
                   bottom);
  inner.path.line(c.middle - c.hem, bottom)
      .line(is_shorts ? .0 : (c.middle * .92 - c.knee), is_shorts ? c.crotch_y : c.knee_y)
      .close();
  inner.fill = Fill::kShade;
  inner.line = Line::kNone;
  inner.shade = .14;
  garment.add_pair(inner);
  for (double s : {.1, .2}) {
    garment.stroke_pair(polyline({{.03, c.crotch_y - .03}, {.1 + s, c.crotch_y - .12 + s * .8}}),
                        .7);
  }
}

void add_denim_details(const LegCut& c, Garment& garment) {
  garment.stroke_pair(Path()
                          .move(.15, c.top + .1)
                          .curve(.17, c.top + .22, .26, c.top + .27, c.waist + .045, c.top + .25),
                      1.1, Fill::kGold);
  garment.stroke(Path().move(0, c.top + .1).line(0, c.crotch_y - .03), 1, Fill::kGold);
  garment.stroke(
      Path().move(.065, c.top + .1).curve(.07, c.top + .3, .06, c.top + .4, 0, c.top + .45), .9,
      Fill::kGold);
  for (double x : {-.15, .15})
    garment.add(circle(x, c.top + .115, .013), Fill::kMetal, Line::kNone);
}

void add_rips(const LegCut& c, Garment& garment) {
  int i = 0;
  for (const Point& p :
       {Point{-c.middle * .93, c.knee_y - .08}, Point{c.middle * .95, c.knee_y - .3},
        Point{c.middle * .9, c.knee_y + .12}}) {
    if (p.y > c.hem_y - .1) continue;
    const double half = c.knee * (i == 1 ? .5 : .72);
    garment.add(ellipse(p.x, p.y, half, .05), Fill::kLight, Line::kSeam, .6).shade = .75;
    garment.stroke(polyline({{p.x - half * .8, p.y}, {p.x + half * .8, p.y + .01}}), .7);
    ++i;
  }
}

void add_waistband(const Product& product, const LegCut& c, Garment& garment) {
  if (product.get(Family::kClosure) == "elastic waist") {
    const double height = product.get(Family::kCategory) == "leggings" ? .15 : .09;
    add_rib_band(garment, c.waist, c.waist + .02, c.top, height);
    if (product.get(Family::kCategory) != "leggings") {
      garment.stroke_pair(
          Path().move(.01, c.top + .06).curve(.06, c.top + .15, .05, c.top + .25, .07, c.top + .34),
          1.3, Fill::kTrim);
    }
    return;
  }
  Path band;
  band.move(0, c.top + .03)
      .curve(c.waist * .5, c.top + .03, c.waist * .8, c.top + .02, c.waist, c.top);
  band.line(c.waist + .014, c.top + .085)
      .curve(c.waist * .8, c.top + .105, c.waist * .5, c.top + .115, 0, c.top + .115);
  garment.add(band.symmetric()).shade = .05;
  for (double x : {.13, .27})
    garment.stroke_pair(polyline({{x, c.top + .015}, {x, c.top + .12}}), 1.6);
  garment.add(circle(0, c.top + .072, .026),
              product.get(Family::kMaterial) == "denim" ? Fill::kMetal : Fill::kTrim, Line::kSeam,
              .5);
  if (product.is(Family::kDetail, "belt")) add_belt(garment, c.waist + .01, c.top + .06, .075);
}

void add_legs_front(const Product& product, const LegCut& c, bool is_shorts, Garment& garment) {
  const std::string_view category = product.get(Family::kCategory);
  shade_legs(c, is_shorts, garment);
  if (category == "leggings") {
    garment.stroke(polyline({{0, c.top + .15}, {0, c.crotch_y}}), .8);
    if (product.is(Family::kDetail, "contrast piping")) {
      garment.stroke_pair(Path()
                              .move(c.hip - .05, c.hip_y)
                              .curve(c.hip - .05, c.hip_y + .4, c.middle + c.knee - .03,
                                     c.knee_y - .3, c.middle + c.hem - .04, c.hem_y),
                          2, Fill::kSecond);
    } else {
      for (double x : {-1.0, 1.0}) {
        Part& shine =
            garment.add(Path()
                            .move(x * .25, c.hip_y + .1)
                            .curve(x * .25, .9, x * c.middle, 1.1, x * c.middle, c.hem_y - .2),
                        Fill::kLight, Line::kFill, 3);
        shine.shade = .12;
      }
    }
    return;
  }
  if (product.get(Family::kMaterial) == "denim") {
    add_denim_details(c, garment);
    garment.stroke_pair(polyline({{c.middle - c.hem + .01, c.hem_y - .045},
                                  {c.middle + c.hem - .01, c.hem_y - .05}}),
                        .9, Fill::kGold);
    if (product.is(Family::kDetail, "distressed")) add_rips(c, garment);
  } else {
    garment.stroke(Path().move(0, c.top + .1).line(0, c.crotch_y - .02), .9);
    garment.stroke(
        Path().move(.06, c.top + .1).curve(.065, c.top + .3, .06, c.top + .38, 0, c.top + .43), .7);
    garment.stroke_pair(polyline({{.2, c.top + .1}, {c.waist + .055, c.top + .33}}), 1.2);
    if (category == "trousers" &&
        product.get(Family::kClosure) != "elastic waist") {  // pressed creases
      garment.stroke_pair(Path()
                              .move(.2, c.top + .2)
                              .curve(.22, c.crotch_y, c.middle * .95, c.knee_y, c.middle, c.hem_y),
                          .9);
    }
    if (product.get(Family::kShape) == "pleated") {
      for (double x : {.12, .17})
        garment.stroke_pair(polyline({{x, c.top + .1}, {x + .03, c.top + .38}}), 1.1);
    }
    if (product.is(Family::kDetail, "pockets") && category == "trousers") {  // cargo pockets
      for (double side : {-1.0, 1.0}) {
        const double x = side * (c.middle + c.knee * .45), y = c.knee_y - .3;
        garment.add(polygon({{x - .08, y}, {x + .08, y}, {x + .08, y + .22}, {x - .08, y + .22}}),
                    Fill::kFabric, Line::kSeam, 1);
        garment.stroke(polyline({{x - .08, y + .06}, {x + .08, y + .06}}), 1);
      }
    }
    garment.stroke_pair(polyline({{c.middle - c.hem + .01, c.hem_y - .04},
                                  {c.middle + c.hem - .01, c.hem_y - .045}}),
                        .7);
  }
  if (product.is(Family::kDetail, "embroidery"))
    garment.add(star(c.middle, c.knee_y - .5, .07, .03, 6), Fill::kSecond, Line::kNone);
  if (product.is(Family::kDetail, "fringe")) {
    for (double x = -.9; x < .95; x += .22)
      garment.stroke_pair(
          polyline({{c.middle + x * c.hem, c.hem_y}, {c.middle + x * c.hem, c.hem_y + .07}}), 1.1,
          Fill::kPlain);
  }
}

}  // namespace

void build_legwear(const Product& product, const Proportions& p, CounterRandom& random,
                   Garment& garment) {
  const bool is_shorts = product.get(Family::kCategory) == "shorts";
  LegCut cut;
  cut.waist = (.345 + (p.is_mens ? .015 : 0)) * p.body;
  cut.hip = cut.waist + .095 + p.ease;
  shape_legs(product, cut);
  if (product.get(Family::kCategory) == "leggings") cut.hip -= .03, cut.waist -= .015;
  cut.knee += p.ease * .5, cut.hem += p.ease * .4;
  cut.middle = std::max(cut.middle, cut.hem + .05);
  cut.hem_y += random.uniform(-.03, .03);

  garment.add(ellipse(0, .0, cut.waist - .01, .035), Fill::kInside);
  Path half;
  half.move(0, .03).curve(cut.waist * .5, .03, cut.waist * .8, .02, cut.waist, 0);
  leg_half(cut, is_shorts, half);
  Part& body = garment.add(half.symmetric());
  body.has_form = true;
  body.from = {-cut.hip, .6};
  body.to = {cut.hip, .6};
  body.form_strength = .8;
  add_legs_front(product, cut, is_shorts, garment);
  add_waistband(product, cut, garment);
  garment.mark = {.22, .19};
  garment.chest = {0, .5};
}

void build_jumpsuit(const Product& product, const Proportions& p, CounterRandom& random,
                    Garment& garment) {
  Torso t = make_torso(product, p);
  t.waist = std::min(t.waist, .37 + p.ease);
  t.waist_y = .83;
  LegCut cut;
  cut.waist = t.waist;
  cut.top = t.waist_y;
  cut.hip = t.waist + .09;
  shape_legs(product, cut);
  cut.hem_y -= .1 + random.uniform(0, .05);
  cut.middle = std::max(cut.middle, cut.hem + .05);

  garment.can_hang = true;
  add_neck_back(product, t, garment);
  add_sleeves(product, t, make_sleeve(product, t), garment);
  Path half = bodice_half(product, t);
  leg_half(cut, false, half);
  Part& body = garment.add(half.symmetric());
  body.has_form = true;
  body.from = {-t.chest, .6};
  body.to = {t.chest, .6};
  shade_legs(cut, false, garment);
  garment.stroke(polyline({{0, cut.top}, {0, cut.crotch_y}}), .9);
  garment.stroke_pair(polyline({{.2, cut.top + .1}, {cut.waist + .055, cut.top + .33}}), 1.2);
  if (product.get(Family::kClosure) == "buttons") {
    add_buttons(garment, 0, t.neck_depth + .08, cut.top - .06, 4, .022);
  } else {
    garment.stroke(polyline({{0, t.neck_depth}, {0, cut.top}}), 1);
  }
  garment.stroke(Path()
                     .move(-t.waist, t.waist_y)
                     .curve(-.2, t.waist_y + .025, .2, t.waist_y + .025, t.waist, t.waist_y),
                 1.3);
  add_neck_front(product, t, garment);
  if (product.is(Family::kDetail, "belt")) add_belt(garment, t.waist + .005, t.waist_y, .08);
  garment.mark = {-.2, std::max(.46, t.neck_depth + .08)};
  garment.chest = {0, .6};
}

}  // namespace twinset::wardrobe
