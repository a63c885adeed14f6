// The JSON that describes a product inside a shard.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "framework/data/dataset.h"

namespace twinset {

/// Reads the flat JSON map of a product: id, title, and every other key as attributes in the order
/// of writing.
///
/// @param place  for messages
/// @param stem   the id if the map has none
/// @throws DataError if it is no JSON, no map, or a value is a map or a list of lists.
ProductRecord parse_product_json(std::string_view text, const std::string& place,
                                 const std::string& stem, const std::string& id_key,
                                 const std::vector<std::string>& title_keys);

}  // namespace twinset
