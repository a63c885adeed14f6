#include "datasets/wardrobe/torso.h"

#include <algorithm>
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
    path.curve(t.neck_width * .36, t.neck_depth * .6, t.neck_width * .8, t.neck_depth * .22,
               t.neck_width, t.neck_y);
  } else if (neckline == "square neck") {
    path.line(t.neck_width * .94, t.neck_depth).line(t.neck_width, t.neck_y);
  } else {
    path.curve(t.neck_width * .62, t.neck_depth, t.neck_width * .95, t.neck_depth * .55,
               t.neck_width, t.neck_y);
  }
}

}  // namespace

Torso make_torso(const Product& product, const Proportions& p) {
  Torso t;
  const std::string_view neckline = product.get(Family::kNeckline),
                         shape = product.get(Family::kShape);
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
    path.move(0, .16)
        .curve(.07, .13, .1, .02, .11, -.12)
        .line(.2, -.13)
        .curve(.2, .12, .3, .36, t.chest - .02, t.armpit_y + .03);
  } else if (neckline == "sweetheart") {
    path.move(0, .40)
        .curve(.05, .28, .2, .21, .28, .27)
        .curve(.33, .31, .4, .36, t.chest - .02, t.armpit_y - .02);
  } else if (neckline == "off-shoulder") {
    path.move(0, .27).curve(.2, .27, .4, .24, t.shoulder + .06, .18).line(t.chest, t.armpit_y);
  } else {
    neck_curve(product, t, path);
    path.line(t.shoulder, t.shoulder_y);
    if (t.has_sleeves) {
      path.curve(t.shoulder - .02, .2, t.chest - .05, t.armpit_y - .1, t.chest, t.armpit_y);
    } else {
      path.curve(t.shoulder - .05, .22, t.shoulder - .04, t.armpit_y - .02, t.chest,
                 t.armpit_y + .02);
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
    path.curve(hem - .02, t.hem_y + t.hem_dip * .5, hem * .7, t.hem_y + t.hem_dip, 0,
               t.hem_y + t.hem_dip);
  } else {
    path.curve(hem * .66, t.hem_y + t.hem_dip, hem * .3, t.hem_y + t.hem_dip, 0,
               t.hem_y + t.hem_dip);
  }
  return path;
}

}  // namespace twinset::wardrobe
