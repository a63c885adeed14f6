// The parts of everything that has shoulders: torso, sleeves, necklines, collars.
#pragma once

#include "datasets/wardrobe/garment.h"

namespace twinset::wardrobe {

/// Right half of a torso's outline, in garment units.
struct Torso {
  double neck_width = .17, neck_y = -.03;
  double neck_depth = .13;
  double shoulder = .43, shoulder_y = .08;
  double chest = .45, armpit_y = .43;
  double waist = .43, waist_y = .86;
  double hem = .46, hem_y = 1.3;
  double hem_dip = .02;  ///< how far the hem's middle hangs below its sides; negative: shirt tails
  bool has_sleeves = true;
  bool has_open_front = false;  ///< the neckline is a V down to `neck_depth`
};

struct SleeveCut {
  double length = .42;  ///< along the arm
  double angle = .7;    ///< from the vertical, radians
  double cuff = .26;    ///< width at the end
  double puff = 0;      ///< how far the sleeve bulges
};

/// The torso for a product's neckline, sleeve, fit and gender; `hem_y` is set from the length of
/// tops.
Torso make_torso(const Product& product, const Proportions& proportions);

/// Right half of the outline down to the hem; `skirt_hem` < 0 ends at the torso's own hem.
Path torso_half(const Product& product, const Torso& torso);
/// The same down to the waist only, ending at (waist, waist_y): dresses go on from there.
Path bodice_half(const Product& product, const Torso& torso);

SleeveCut make_sleeve(const Product& product, const Torso& torso);
/// Both sleeves with their cuffs.
void add_sleeves(const Product& product, const Torso& torso, const SleeveCut& sleeve,
                 Garment& garment);

/// What lies behind the front: the inner back of the neckline, a hood's back.
void add_neck_back(const Product& product, const Torso& torso, Garment& garment);
/// Collars, ribs, hoods, bows, lapels in front of the torso.
void add_neck_front(const Product& product, const Torso& torso, Garment& garment);

/// Buttons from `top` to `bottom` along x.
void add_buttons(Garment& garment, double x, double top, double bottom, int count, double radius);
/// A zip along x = 0 with its pull.
void add_zip(Garment& garment, double top, double bottom);
/// A belt with buckle across half-width `half` at `y`.
void add_belt(Garment& garment, double half, double y, double height);
/// A rib band between y and y + height.
void add_rib_band(Garment& garment, double half_top, double half_bottom, double y, double height);
/// A wavy ruffle from (-half, y) to (half, y).
void add_ruffle(Garment& garment, double half, double y, double height, int waves);

}  // namespace twinset::wardrobe
