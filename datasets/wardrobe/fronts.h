// What closes and covers the front of tops: plackets, pockets, zips, lapels' edges.
#pragma once

#include "datasets/wardrobe/torso.h"

namespace twinset::wardrobe {

void add_patch_pocket(Garment& garment, double x, double y, double width, double height,
                      bool has_flap);
void add_kangaroo_pocket(Garment& garment, double y);

void build_shirt_front(const Product& product, const Torso& torso, Garment& garment);
/// Blazers, and coats with lapels.
void build_tailored_front(const Product& product, const Torso& torso, bool is_coat,
                          Garment& garment);
/// Jackets, and coats without lapels.
void build_jacket_front(const Product& product, const Torso& torso, bool is_coat, Garment& garment);
void build_cardigan_front(const Product& product, const Torso& torso, Garment& garment);

}  // namespace twinset::wardrobe
