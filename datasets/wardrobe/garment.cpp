#include "datasets/wardrobe/garment.h"

#include "framework/core/error.h"

namespace twinset::wardrobe {

Part& Garment::add(Path path, Fill fill, Line line, double line_width) {
  Part part;
  part.path = std::move(path);
  part.fill = fill;
  part.line = line;
  part.line_width = line_width;
  parts.push_back(std::move(part));
  return parts.back();
}

void Garment::add_pair(const Part& right) {
  Part left = right;
  left.path = right.path.mirrored();
  left.grain = -right.grain;
  left.rib_angle = -right.rib_angle;
  left.from.x = -right.from.x;
  left.to.x = -right.to.x;
  // The light comes from one side, so the cylinder's dark and bright edges do not swap.
  std::swap(left.from, left.to);
  parts.push_back(std::move(left));
  parts.push_back(right);
}

void Garment::stroke(Path path, double line_width, Fill fill) {
  add(std::move(path), fill, fill == Fill::kNone ? Line::kSeam : Line::kFill, line_width);
}

void Garment::stroke_pair(const Path& right, double line_width, Fill fill) {
  stroke(right, line_width, fill);
  stroke(right.mirrored(), line_width, fill);
}

Garment make_garment(const Product& product, CounterRandom random) {
  Proportions proportions;
  proportions.is_mens = product.get(Family::kGender) == "men" ||
                        (product.get(Family::kGender) == "unisex" && random.bernoulli(.5));
  const std::string_view fit = product.get(Family::kFit);
  proportions.ease = fit == "slim" ? -.035 : fit == "relaxed" ? .03 : fit == "oversized" ? .075 : 0;
  proportions.body = random.uniform(.97, 1.03);

  Garment garment;
  const std::string_view category = product.get(Family::kCategory);
  if (category == "dress") {
    build_dress(product, proportions, random, garment);
  } else if (category == "skirt") {
    build_skirt(product, proportions, random, garment);
  } else if (category == "jumpsuit") {
    build_jumpsuit(product, proportions, random, garment);
  } else if (category == "jeans" || category == "trousers" || category == "leggings" ||
             category == "shorts") {
    build_legwear(product, proportions, random, garment);
  } else {
    build_upper(product, proportions, random, garment);
  }
  if (product.get(Family::kPattern) == "graphic print") add_graphic(product, random, garment);
  add_brand_mark(product, garment);
  for (const Part& part : garment.parts) {
    if (part.fill == Fill::kHanger) continue;
    const Box box = part.path.box();
    garment.box.include({box.left, box.top});
    garment.box.include({box.right, box.bottom});
  }
  TWINSET_CHECK(garment.box.width() > 0, "a garment without parts");
  return garment;
}

}  // namespace twinset::wardrobe
