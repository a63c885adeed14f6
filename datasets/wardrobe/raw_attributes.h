// What a vision-language model would say of a picture: right for the most part, in its own words,
// and sometimes wrong.
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

/// Free-form phrases; a function of (seed, product).
std::vector<std::string> raw_attributes(int64_t seed, const Product& product);

}  // namespace twinset::wardrobe
