// Titles as merchants write them: many templates, synonyms, abbreviations, and only some of what is
// true of a product.
#pragma once

#include <string>

#include "datasets/wardrobe/attributes.h"

namespace twinset::wardrobe {

/// The title of a product in a shop's catalogue; a function of (seed, product).
std::string make_title(int64_t seed, const Product& product);

/// The description of a product in Fashion200K's label files: lower case, the colour first nearly
/// always, about five words.
std::string make_fashion200k_title(int64_t seed, const Product& product);

}  // namespace twinset::wardrobe
