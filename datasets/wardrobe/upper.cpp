// Tops, knitwear, jackets and coats.
#include <algorithm>

#include "datasets/wardrobe/fronts.h"

namespace twinset::wardrobe {

namespace {

void add_form(Part& part, double half) {
  part.has_form = true;
  part.from = {-half, .6};
  part.to = {half, .6};
}

}  // namespace

void build_upper(const Product& product, const Proportions& proportions, CounterRandom& random,
                 Garment& garment) {
  const std::string_view category = product.get(Family::kCategory);
  const bool is_coat = category == "coat";
  Torso t = make_torso(product, proportions);
  if (category == "shirt") t.hem_dip = .11, t.hem_y -= .05;
  if (category == "cardigan") t.neck_depth = product.get(Family::kNeckline) == "v-neck" ? .56 : .14;
  if (category == "coat") t.chest += .03, t.waist += .05, t.hem += .12, t.armpit_y += .02;
  if (category == "blazer") t.waist -= .02, t.hem += .04, t.hem_y += .06;
  if (category == "jacket")
    t.chest += .02, t.waist += .03, t.hem_y -= product.get(Family::kLength) == "cropped" ? .0 : .08;
  if (category == "tank top") t.hem -= .02;
  if (category == "blouse" && product.get(Family::kNeckline) == "v-neck") t.neck_depth = .42;
  t.hem_y += random.uniform(-.03, .03);

  garment.can_hang = product.get(Family::kNeckline) != "sweetheart" &&
                     product.get(Family::kNeckline) != "off-shoulder" &&
                     product.get(Family::kNeckline) != "hood";
  add_neck_back(product, t, garment);
  add_sleeves(product, t, make_sleeve(product, t), garment);
  add_form(garment.add(torso_half(product, t).symmetric()), t.chest);
  const double bottom = t.hem_y + t.hem_dip;

  if (product.get(Family::kPattern) == "colour block") {
    Path block;
    block.move(0, .62)
        .line(t.chest * .985, .62)
        .curve(t.waist, .75, t.waist, t.waist_y, t.hem * .99, t.hem_y)
        .curve(t.hem * .6, bottom, t.hem * .3, bottom, 0, bottom);
    add_form(garment.add(block.symmetric(), Fill::kSecond, Line::kSeam), t.chest);
  }
  const bool is_puffer = category == "jacket" && product.get(Family::kMaterial) == "nylon" &&
                         product.get(Family::kNeckline) != "hood";
  if (category == "sweater" || category == "cardigan" || category == "hoodie" || is_puffer) {
    add_rib_band(garment, t.hem, t.hem - .025, t.hem_y - .10, .12);
  } else if (category != "shirt" && category != "coat" && category != "blazer") {
    garment.stroke(Path()
                       .move(-t.hem + .01, t.hem_y - .05)
                       .curve(-.2, bottom - .05, .2, bottom - .05, t.hem - .01, t.hem_y - .05),
                   .7);
  }
  if (product.get(Family::kShape) == "peplum") {
    garment.stroke(Path()
                       .move(-t.waist, t.waist_y)
                       .curve(-.2, t.waist_y + .03, .2, t.waist_y + .03, t.waist, t.waist_y),
                   1.2);
    Path skirt;
    skirt.move(0, t.waist_y + .02)
        .line(t.waist, t.waist_y)
        .curve(t.waist + .05, t.waist_y + .1, t.hem + .1, t.hem_y - .1, t.hem + .12, t.hem_y);
    skirt.curve(.3, bottom + .05, .2, bottom + .0, 0, bottom + .03);
    add_form(garment.add(skirt.symmetric()), t.hem);
    for (double x : {.12, .28})
      garment.stroke_pair(polyline({{x, t.waist_y + .06}, {x * 1.45, bottom - .05}}), 1);
  }

  if (category == "shirt") {
    build_shirt_front(product, t, garment);
  } else if (category == "polo shirt") {
    garment
        .add(polygon({{-.045, t.neck_depth}, {.045, t.neck_depth}, {.045, .44}, {-.045, .44}}),
             Fill::kFabric, Line::kSeam, .9)
        .shade = .04;
    add_buttons(garment, 0, .22, .37, 2, .022);
  } else if (category == "blazer" || (is_coat && product.get(Family::kNeckline) == "lapel")) {
    build_tailored_front(product, t, is_coat, garment);
  } else if (category == "jacket" || is_coat) {
    build_jacket_front(product, t, is_coat, garment);
  } else if (category == "cardigan") {
    build_cardigan_front(product, t, garment);
  } else if (category == "hoodie") {
    if (product.get(Family::kClosure) == "zip") add_zip(garment, .3, bottom - .01);
    if (product.is(Family::kDetail, "pockets")) add_kangaroo_pocket(garment, t.hem_y - .1);
    if (product.get(Family::kClosure) == "zip")
      garment.stroke(polyline({{0, t.hem_y - .4}, {0, t.hem_y - .1}}), 1.2, Fill::kMetal);
  } else if (category == "blouse" && product.get(Family::kClosure) == "buttons") {
    garment.stroke(polyline({{0, t.neck_depth}, {0, bottom}}), .8);
    add_buttons(garment, 0, t.neck_depth + .12, bottom - .15, 6, .017);
  } else if (category == "t-shirt" && product.is(Family::kDetail, "pockets")) {
    add_patch_pocket(garment, .12, .46, .19, .21, false);
  }
  if (product.is(Family::kDetail, "ruffles") && product.get(Family::kNeckline) != "off-shoulder") {
    const double y = std::max(t.neck_depth + .06, .3);
    for (int i = 0; i < 2; ++i) add_ruffle(garment, .2 + .05 * i, y + .15 * i, .17, 5);
  }
  if (product.is(Family::kDetail, "lace trim")) {
    for (double x = -t.hem + .03; x < t.hem; x += .06)
      garment.add(circle(x, bottom - .01, .035), Fill::kSecond, Line::kSeam, .5);
  }
  if (product.is(Family::kDetail, "embroidery")) {
    for (double side : {-.26, .26})
      garment.add(star(side, .42, .06, .025, 6), Fill::kSecond, Line::kNone);
  }
  if (product.is(Family::kDetail, "fringe")) {
    for (double x = -.34; x < .35; x += .045)
      garment.stroke(polyline({{x, .5}, {x * 1.03, .74}}), 1.2);
  }
  if (category == "blouse" &&
      product.get(Family::kNeckline) != "bow") {  // gathers below the neckline
    for (double x : {.06, .13, .2})
      garment.stroke_pair(
          polyline({{x, t.neck_depth + .06 - .5 * x}, {x * 1.25, t.neck_depth + .26}}), .7);
  }
  add_neck_front(product, t, garment);
  if (is_coat && product.is(Family::kDetail, "belt"))
    add_belt(garment, t.waist + .015, t.waist_y + .08, .085);
  garment.mark = category == "hoodie" || category == "sweater" ? Point{-.2, .46} : Point{-.21, .45};
  garment.chest = {0, product.get(Family::kNeckline) == "v-neck" ? .72 : .6};
}

}  // namespace twinset::wardrobe
