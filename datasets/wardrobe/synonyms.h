// Other words for attribute values: as merchants write them, and as shoppers type them.
#pragma once

#include <string_view>
#include <vector>

#include "datasets/wardrobe/attributes.h"

namespace twinset::wardrobe {

/// Words that mean the same as a value of the family, the plainest first.
const std::vector<std::string_view>& synonyms(Family family, std::string_view value);

/// The short form of a word, such as "blk" for black, or the word itself.
std::string_view abbreviation(std::string_view word);

}  // namespace twinset::wardrobe
