// A product as JSON: the flat record in a shard, and its line in the truth file.
#pragma once

#include <string>
#include <vector>

#include "datasets/wardrobe/attributes.h"
#include "datasets/wardrobe/scene.h"

namespace twinset::wardrobe {

/// {"id": ..., "title": ..., "category": "dress", "season": ["spring", "summer"], ...}.
std::string shard_record(const Product& product, const std::string& title);

/// One line with id, split, title, attributes, raw_attributes, raw_values and render, which has an
/// entry for each view. raw_attributes is what a vision-language model would answer, {"colour":
/// ["jet black"], ...}; raw_values has the value that each of its phrases means, {"colour":
/// ["black"], ...}.
std::string truth_line(int64_t seed, const Product& product, const std::string& split,
                       const std::string& title, const std::vector<Scene>& views);

}  // namespace twinset::wardrobe
