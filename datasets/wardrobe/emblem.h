// What tells one brand from another: a shape and a colour.
#pragma once

#include <string_view>

#include "datasets/wardrobe/palette.h"

namespace twinset::wardrobe {

Colour brand_colour(std::string_view brand);

}  // namespace twinset::wardrobe
