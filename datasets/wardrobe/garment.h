// The shape of a product: the parts it is sewn from, back to front, as outlines and what fills
// them. No pixels here.
#pragma once

#include <vector>

#include "datasets/wardrobe/attributes.h"
#include "datasets/wardrobe/path.h"
#include "framework/core/random.h"

namespace twinset::wardrobe {

/// What a part is made of.
enum class Fill {
  kNone,     ///< its outline alone
  kFabric,   ///< the product's fabric with its pattern
  kPlain,    ///< the first colour without pattern
  kSecond,   ///< the second colour, or a contrast of the first one
  kRib,      ///< the first colour, a little darker, with knitted ribs along `rib`
  kInside,   ///< the shaded inner side at a neckline
  kShade,    ///< translucent black of strength `shade`
  kLight,    ///< translucent white of strength `shade`
  kTrim,     ///< buttons and drawstrings: contrasts with the first colour
  kMetal,    ///< zips, buckles, rivets
  kLeather,  ///< belts
  kGold,     ///< topstitching of denim
  kHanger,   ///< wood or wire
  kMark      ///< the brand's own colour
};

enum class Line {
  kNone,
  kSeam,  ///< a little darker (on dark fabric: lighter) than the fabric
  kEdge,  ///< the outer edge of a part, always darker
  kFill   ///< the part's own fill
};

struct Part {
  Path path;
  Fill fill = Fill::kFabric;
  Line line = Line::kEdge;
  double line_width = 1;  ///< in pixels of a 96-pixel picture
  double shade = 0;       ///< brightness: -.2 is 20 % darker; or the strength of kShade and kLight
  double grain = 0;       ///< angle of the fabric, in radians
  bool has_form = false;  ///< shaded like a cylinder from `from` to `to`
  Point from, to;
  double rib_angle = 0;  ///< direction of the ribs of kRib; 0 is vertical
  double form_strength = 1;
};

struct Garment {
  std::vector<Part> parts;
  Box box;                ///< of everything but the hanger
  Point mark;             ///< where the brand mark sits
  Point chest;            ///< the middle of a graphic print
  bool can_hang = false;  ///< on a hanger: has shoulders

  Part& add(Path path, Fill fill = Fill::kFabric, Line line = Line::kEdge, double line_width = 1);
  /// The same part on the right (as given) and mirrored on the left.
  void add_pair(const Part& right);
  /// A stroke: seams, folds, drawstrings.
  void stroke(Path path, double line_width = 1, Fill fill = Fill::kNone);
  void stroke_pair(const Path& right, double line_width = 1, Fill fill = Fill::kNone);
};

/// The parts of a product, shape jitter of this product included.
Garment make_garment(const Product& product, CounterRandom random);

/// Sizes that all builders share, after fit, shape and gender.
struct Proportions {
  double ease = 0;  ///< added to widths by the fit
  double body = 1;  ///< widths of this product, within a few percent
  bool is_mens = false;
};

// The builders by group; each adds its parts and sets box, mark and chest.
void build_upper(const Product& product, const Proportions& proportions, CounterRandom& random,
                 Garment& garment);
void build_dress(const Product& product, const Proportions& proportions, CounterRandom& random,
                 Garment& garment);
void build_skirt(const Product& product, const Proportions& proportions, CounterRandom& random,
                 Garment& garment);
void build_legwear(const Product& product, const Proportions& proportions, CounterRandom& random,
                   Garment& garment);
void build_jumpsuit(const Product& product, const Proportions& proportions, CounterRandom& random,
                    Garment& garment);

/// The brand's emblem in the brand's colour. @see brand_colour
void add_brand_mark(const Product& product, Garment& garment);
/// The big motif of a graphic print.
void add_graphic(const Product& product, CounterRandom& random, Garment& garment);

}  // namespace twinset::wardrobe
