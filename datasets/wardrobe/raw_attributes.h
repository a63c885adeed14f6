// What a vision-language model would say of a picture when it is asked for key-value pairs: right
// for the most part, in its own words, and sometimes wrong.
#pragma once

#include <string>
#include <vector>

#include "datasets/wardrobe/attributes.h"

namespace twinset::wardrobe {

/// Chances of each kind of imperfection, for an attribute that the picture shows.
inline constexpr double kMissedAttribute = .18;
inline constexpr double kWrongAttribute = .06;
inline constexpr double kSynonymAttribute = .35;
inline constexpr double kOverSpecificAttribute = .12;

/// One answer: a family and a free-form phrase for its value.
struct RawAttribute {
  Family family;
  std::string phrase;      ///< "jet black", "soft navy jacket"
  std::string_view value;  ///< the family's value that the phrase means: "black"; not the product's
                           ///< where the model is wrong
};

/// The model's answers in the order of families; a function of (seed, product).
std::vector<RawAttribute> raw_attributes(int64_t seed, const Product& product);

}  // namespace twinset::wardrobe
