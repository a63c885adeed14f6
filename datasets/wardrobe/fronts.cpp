#include "datasets/wardrobe/fronts.h"

#include <algorithm>
#include <string_view>

namespace twinset::wardrobe {

namespace {

void add_flap_pockets(Garment& garment, double x, double y, double width, double height) {
  Part flap;
  flap.path =
      polygon({{x, y}, {x + width, y - .015}, {x + width, y + height - .015}, {x, y + height}});
  flap.shade = .04;
  flap.line_width = .9;
  garment.add_pair(flap);
}

void add_slant_pockets(Garment& garment, double x, double y) {
  garment.stroke_pair(polyline({{x, y}, {x + .09, y - .26}}), 1.8);
}

void add_quilting(Garment& garment, const Torso& t, double top, double bottom) {
  for (double y = top; y < bottom; y += .155) {
    garment.stroke(
        Path().move(-t.chest + .01, y).curve(-.2, y + .03, .2, y + .03, t.chest - .01, y), 1);
    Part& shine = garment.add(Path()
                                  .move(-t.chest + .06, y + .06)
                                  .curve(-.2, y + .085, .2, y + .085, t.chest - .06, y + .06),
                              Fill::kLight, Line::kFill, 2);
    shine.shade = .16;
  }
}

void add_front_edge(Garment& garment, double x, double top, double bottom) {
  garment.stroke(polyline({{x, top}, {x * .8, bottom}}), 1.2);
}

}  // namespace

void add_patch_pocket(Garment& garment, double x, double y, double width, double height,
                      bool has_flap) {
  Path pocket;
  pocket.move(x, y)
      .line(x + width, y)
      .line(x + width, y + height * .8)
      .line(x + width / 2, y + height)
      .line(x, y + height * .8)
      .close();
  garment.add(pocket, Fill::kFabric, Line::kSeam, .9).shade = .02;
  if (has_flap) {
    garment
        .add(polygon({{x - .01, y - .02},
                      {x + width + .01, y - .02},
                      {x + width + .01, y + .06},
                      {x + width / 2, y + .09},
                      {x - .01, y + .06}}),
             Fill::kFabric, Line::kSeam, .9)
        .shade = .05;
  }
}

void add_kangaroo_pocket(Garment& garment, double y) {
  Path pocket;
  pocket.move(0, y - .28).line(.17, y - .28).line(.29, y - .09).line(.29, y);
  pocket.line(0, y);
  Part& part = garment.add(pocket.symmetric(), Fill::kFabric, Line::kSeam, 1.3);
  part.shade = .03;
}

void build_shirt_front(const Product& product, const Torso& t, Garment& garment) {
  const double bottom = t.hem_y + t.hem_dip;
  garment.stroke(polyline({{-.04, t.neck_depth}, {-.04, bottom}}), .9);
  garment.stroke(polyline({{.04, t.neck_depth}, {.04, bottom}}), .9);
  add_buttons(garment, 0, t.neck_depth + .1, bottom - .12, t.hem_y < 1.1 ? 5 : 7, .021);
  if (product.is(Family::kDetail, "pockets"))
    add_patch_pocket(garment, .12, .46, .2, .22, product.get(Family::kMaterial) == "denim");
  garment.stroke_pair(Path().move(.04, .22).curve(.2, .2, .3, .2, t.shoulder + .01, .22), .7);
}

void build_tailored_front(const Product& product, const Torso& t, bool is_coat, Garment& garment) {
  const double bottom = t.hem_y + t.hem_dip;
  const bool is_double = is_coat && product.get(Family::kClosure) == "buttons";
  add_front_edge(garment, is_double ? -.12 : .035, t.neck_depth, bottom);
  if (is_double) {
    for (double x : {-.1, .12})
      add_buttons(garment, x, t.neck_depth + .07, t.neck_depth + .47, 3, .034);
  } else if (product.get(Family::kClosure) == "buttons") {
    add_buttons(garment, 0, t.neck_depth + .05, t.neck_depth + .25, is_coat ? 3 : 2, .03);
  } else if (product.get(Family::kClosure) == "zip") {
    add_zip(garment, t.neck_depth, bottom);
  }
  if (product.is(Family::kDetail, "pockets")) {
    add_flap_pockets(garment, .17, is_coat ? 1.22 : 1.0, .2, .085);
    if (!is_coat) garment.stroke(polyline({{.19, .52}, {.33, .49}}), 2);
  }
  garment.stroke_pair(Path().move(.27, .55).curve(.25, .75, .25, .9, .29, 1.1),
                      .7);  // princess seams
}

void build_jacket_front(const Product& product, const Torso& t, bool is_coat, Garment& garment) {
  const double bottom = t.hem_y + t.hem_dip;
  const std::string_view material = product.get(Family::kMaterial),
                         neckline = product.get(Family::kNeckline);
  const double top = neckline == "hood" ? .28 : t.neck_depth;
  const bool is_biker = !is_coat && neckline == "lapel";
  if (material == "nylon") add_quilting(garment, t, .3, bottom - .12);
  if (material == "denim" && !is_coat) {
    garment.stroke_pair(polyline({{.05, .36}, {t.chest - .02, .36}}), 1, Fill::kGold);
    garment.stroke_pair(polyline({{.12, .56}, {.17, bottom - .1}}), 1, Fill::kGold);
    garment.stroke_pair(polyline({{.33, .56}, {.27, bottom - .1}}), 1, Fill::kGold);
  }
  const bool is_trucker = !is_coat && (material == "denim" || neckline == "shirt collar");
  if (is_trucker) {  // a waistband and a yoke tell it from a shirt
    garment.stroke_pair(Path()
                            .move(0, bottom - .12)
                            .curve(.2, bottom - .12, .35, t.hem_y - .12, t.hem, t.hem_y - .12),
                        1.2, material == "denim" ? Fill::kGold : Fill::kNone);
    garment.stroke_pair(polyline({{.3, bottom - .1}, {.3, bottom - .02}}), 1);
  }
  if (product.is(Family::kDetail, "pockets")) {
    if (is_trucker) {
      for (double x : {-.36, .13}) add_patch_pocket(garment, x, .42, .23, .20, true);
    } else {
      add_slant_pockets(garment, .2, is_coat ? 1.3 : bottom - .18);
    }
  }
  if (product.get(Family::kClosure) == "zip") {
    is_biker
        ? garment.stroke(polyline({{.06, t.neck_depth}, {.16, bottom - .06}}), 1.8, Fill::kMetal)
        : add_zip(garment, top, bottom);
    if (is_biker) {
      garment.stroke_pair(polyline({{.16, .98}, {.34, .90}}), 1.5, Fill::kMetal);
      garment.stroke(Path()
                         .move(-t.hem, t.hem_y - .12)
                         .curve(-.2, bottom - .12, .2, bottom - .12, t.hem, t.hem_y - .12),
                     1.3);
    }
  } else if (product.get(Family::kClosure) == "toggle") {
    add_front_edge(garment, .04, top, bottom);
    for (double y = top + .12; y < top + .75; y += .2) {
      garment.stroke(polyline({{-.12, y}, {.12, y}}), 1, Fill::kLeather);
      garment.add(ellipse(0, y, .055, .02), Fill::kHanger, Line::kSeam, .6);
    }
  } else {
    garment.stroke_pair(polyline({{.05, top + .03}, {.05, bottom}}), .9);
    if (product.get(Family::kClosure) == "buttons")
      add_buttons(garment, 0, top + .1, bottom - (is_coat ? .5 : .08), is_coat ? 5 : 6, .026);
  }
}

void build_cardigan_front(const Product& product, const Torso& t, Garment& garment) {
  const double bottom = t.hem_y + t.hem_dip;
  const bool is_open = product.get(Family::kClosure) == "open front";
  const double gap = is_open ? .10 : 0;
  if (is_open) {
    garment.add(polygon({{0, t.neck_depth - .05}, {gap, bottom + .01}, {-gap, bottom + .01}}),
                Fill::kInside, Line::kNone);
  }
  Part band;
  const double w = t.neck_width;
  band.path.move(.0, t.neck_depth - .02)
      .curve(w * .4, t.neck_depth * .55, w * .85, t.neck_depth * .2, w, t.neck_y - .02)
      .line(w + .065, t.neck_y + .02);
  band.path.curve(w + .03, t.neck_depth * .45, .14, t.neck_depth * .75, .06, t.neck_depth + .06)
      .line(gap + .06, bottom)
      .line(gap - .0, bottom)
      .close();
  band.fill = Fill::kRib;
  garment.add_pair(band);
  if (!is_open)
    add_buttons(garment, .015, t.neck_depth + .1, bottom - .1, t.hem_y > 1.5 ? 6 : 5, .03);
  if (product.is(Family::kDetail, "pockets")) {
    for (double x : {-.36, .13})
      add_patch_pocket(garment, x, std::min(.92, bottom - .42), .23, .24, false);
  }
}

}  // namespace twinset::wardrobe
