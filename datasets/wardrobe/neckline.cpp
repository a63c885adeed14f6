// What a neckline looks like behind and in front of the torso.
#include "datasets/wardrobe/torso.h"

namespace twinset::wardrobe {

namespace {

bool is_open_front(const Product& product) {
  const std::string_view category = product.get(Family::kCategory);
  return category == "cardigan" || category == "blazer" || category == "coat" ||
         category == "jacket";
}

void add_hood_back(const Torso& t, Garment& garment) {
  Path hood;
  hood.move(0, -.46)
      .curve(.2, -.47, .31, -.3, .3, -.08)
      .curve(.3, .02, .27, .06, t.neck_width + .08, .12)
      .line(0, .2);
  Part& part = garment.add(hood.symmetric());
  part.shade = -.06;
  part.has_form = true;
  part.from = {-.3, -.2};
  part.to = {.3, -.2};
  garment.add(ellipse(0, -.14, .19, .23), Fill::kInside, Line::kSeam, .8);
}

void add_hood_front(const Torso& t, Garment& garment, bool has_zip) {
  Part flap;
  flap.path.move(has_zip ? .01 : -.05, .27)
      .curve(.1, .16, .17, .02, .17, -.12)
      .line(.29, -.06)
      .curve(.29, .08, .2, .2, has_zip ? .04 : .0, .33)
      .close();
  flap.shade = .03;
  garment.add_pair(flap);
  garment.stroke_pair(Path().move(.075, .2).curve(.08, .3, .085, .42, .07, .56), 1.3, Fill::kTrim);
  (void)t;
}

void add_shirt_collar(Garment& garment, const Torso& t, double reach, Fill fill) {
  Part flap;
  flap.path.move(.005, t.neck_depth)
      .curve(.06, .06, .1, -.01, t.neck_width - .01, t.neck_y - .075)
      .curve(t.neck_width + .04, t.neck_y - .03, t.neck_width + .06, .0, t.neck_width + .065, .05)
      .line(.13, .13 + reach)
      .close();
  flap.fill = fill;
  flap.shade = .05;
  garment.add_pair(flap);
}

void add_lapels(const Torso& t, Garment& garment) {
  Part collar;
  collar.path = polygon({{.09, .24},
                         {t.neck_width - .02, t.neck_y - .06},
                         {t.neck_width + .06, t.neck_y + .01},
                         {.275, .19},
                         {.20, .25}});
  collar.shade = -.04;
  Part lapel;
  lapel.path.move(0, t.neck_depth)
      .curve(.03, .5, .07, .34, .11, .22)
      .line(.20, .25)
      .line(.32, .25)
      .curve(.26, .42, .14, .6, .0, t.neck_depth + .03)
      .close();
  lapel.shade = .06;
  garment.add_pair(lapel);
  garment.add_pair(collar);
}

void add_bow(Garment& garment) {
  Part loop;
  loop.path.move(0, .16)
      .curve(.08, .04, .24, .04, .25, .12)
      .curve(.26, .24, .1, .24, 0, .17)
      .close();
  loop.shade = .07;
  Part tail;
  tail.path = polygon({{-.005, .16}, {.045, .16}, {.16, .56}, {.06, .6}});
  tail.shade = .02;
  garment.add_pair(tail);
  garment.add_pair(loop);
  garment.add(ellipse(0, .16, .04, .045)).shade = -.05;
}

}  // namespace

void add_neck_back(const Product& product, const Torso& t, Garment& garment) {
  const std::string_view neckline = product.get(Family::kNeckline);
  if (neckline == "hood") {
    add_hood_back(t, garment);
    return;
  }
  if (neckline == "sweetheart" || neckline == "off-shoulder" || neckline == "turtleneck") return;
  if (neckline == "halter") {
    garment.stroke(Path().move(-.15, -.12).curve(-.1, -.26, .1, -.26, .15, -.12), 3, Fill::kPlain);
    return;
  }
  if (neckline == "square neck") {
    garment.add(polygon({{-t.neck_width, t.neck_y},
                         {-t.neck_width * .8, t.neck_y + .05},
                         {t.neck_width * .8, t.neck_y + .05},
                         {t.neck_width, t.neck_y},
                         {t.neck_width * .95, t.neck_depth + .02},
                         {-t.neck_width * .95, t.neck_depth + .02}}),
                Fill::kInside);
    return;
  }
  const bool has_collar = neckline == "shirt collar" || neckline == "polo collar" ||
                          neckline == "lapel" || neckline == "stand collar";
  const double rise = has_collar ? .07 : .0;
  Path back;
  back.move(-t.neck_width, t.neck_y)
      .curve(-t.neck_width * .8, t.neck_y - rise + .03, -t.neck_width * .5, t.neck_y - rise + .05,
             0, t.neck_y - rise + .05)
      .curve(t.neck_width * .5, t.neck_y - rise + .05, t.neck_width * .8, t.neck_y - rise + .03,
             t.neck_width, t.neck_y)
      .curve(t.neck_width, t.neck_depth * .8, t.neck_width * .5, t.neck_depth + .03, 0,
             t.neck_depth + .03)
      .curve(-t.neck_width * .5, t.neck_depth + .03, -t.neck_width, t.neck_depth * .8,
             -t.neck_width, t.neck_y)
      .close();
  garment.add(back, Fill::kInside);
}

void add_neck_front(const Product& product, const Torso& t, Garment& garment) {
  const std::string_view neckline = product.get(Family::kNeckline),
                         category = product.get(Family::kCategory);
  const double w = t.neck_width, d = t.neck_depth, y = t.neck_y;
  const bool is_knit = category == "sweater" || category == "cardigan";
  const bool has_piping = product.is(Family::kDetail, "contrast piping");
  if (neckline == "hood") {
    add_hood_front(t, garment, product.get(Family::kClosure) == "zip" || is_open_front(product));
  } else if (neckline == "shirt collar") {
    add_shirt_collar(garment, t, .10, Fill::kFabric);
  } else if (neckline == "polo collar") {
    add_shirt_collar(garment, t, .06, has_piping ? Fill::kSecond : Fill::kRib);
  } else if (neckline == "lapel") {
    add_lapels(t, garment);
  } else if (neckline == "bow") {
    add_bow(garment);
  } else if (neckline == "turtleneck") {
    Path collar;
    collar.move(0, -.21)
        .curve(.08, -.21, .13, -.22, w - .01, -.23)
        .curve(w + .02, -.12, w + .02, -.08, w + .03, .02)
        .curve(.1, .1, .05, .1, 0, .1);
    Part& part = garment.add(collar.symmetric(), Fill::kRib);
    part.has_form = true;
    part.from = {-w, 0};
    part.to = {w, 0};
    garment.stroke(Path().move(-w - .015, -.05).curve(-.1, .0, .1, .0, w + .015, -.05), .9);
    garment.add(ellipse(0, -.22, w - .01, .03), Fill::kInside);
  } else if (neckline == "stand collar") {
    Path collar;
    collar.move(0, d - .07)
        .curve(.09, d - .08, w * .9, y - .06, w - .01, y - .13)
        .line(w + .02, y + .01)
        .curve(w * .8, d * .7, w * .4, d + .03, 0, d + .03);
    const bool is_ribbed =
        product.get(Family::kCategory) == "jacket" && product.get(Family::kMaterial) == "nylon";
    garment.add(collar.symmetric(), is_ribbed ? Fill::kRib : Fill::kFabric).shade = .03;
  } else if (neckline == "v-neck" && is_knit && category == "sweater") {
    Path band;
    band.move(0, d + .01)
        .curve(w * .36, d * .6, w * .8, d * .22, w, y - .01)
        .line(w + .07, y + .02)
        .curve(w * .95, d * .4, w * .5, d * .8, 0, d + .13)
        .close();
    Part part;
    part.path = band;
    part.fill = Fill::kRib;
    part.rib_angle = .5;
    garment.add_pair(part);
  } else if (neckline == "crew neck" || neckline == "scoop neck") {
    Path band;
    const double thick = is_knit ? .075 : .045;
    band.move(0, d)
        .curve(w * .62, d, w * .95, d * .55, w, y)
        .line(w + thick, y + .02)
        .curve(w * 1.02 + thick, d * .62, w * .72, d + thick, 0, d + thick);
    garment
        .add(band.symmetric(),
             has_piping ? Fill::kSecond
             : is_knit  ? Fill::kRib
                        : Fill::kPlain,
             Line::kSeam, .7)
        .shade = -.05;
  } else if (neckline == "v-neck" && !is_open_front(product)) {
    garment.stroke_pair(
        Path().move(0, d + .05).curve(w * .36, d * .66, w * .85, d * .27, w + .045, y + .02), .8);
  } else if (neckline == "square neck") {
    garment.stroke_pair(polyline({{0, d + .045}, {w, d + .045}, {w + .045, y}}), .8);
  } else if (neckline == "boat neck") {
    garment.stroke(
        Path().move(-w - .02, y + .05).curve(-.15, d + .06, .15, d + .06, w + .02, y + .05), .9);
  } else if (neckline == "sweetheart") {
    garment.stroke_pair(Path()
                            .move(0, .45)
                            .curve(.05, .33, .2, .26, .28, .32)
                            .curve(.33, .35, .4, .4, t.chest - .02, t.armpit_y + .03),
                        .8);
    garment.stroke_pair(Path().move(.2, .5).curve(.24, .62, .2, .75, .18, t.waist_y), .8);
  } else if (neckline == "off-shoulder") {
    add_ruffle(garment, t.shoulder + .09, .2, .17, 9);
  }
}

}  // namespace twinset::wardrobe
