// Searches that shoppers would make in the catalogue, with what they clicked.
#pragma once

#include "datasets/wardrobe/wardrobe.h"

namespace twinset::wardrobe {

/// The log's searches are answered from the first so many products of the catalogue.
inline constexpr int64_t kSearchedProducts = 20000;
/// The share of clicks on products that miss a wish of the query.
inline constexpr double kStrayClick = .06;

/// Writes search_log.jsonl: options.num_queries searches, added up by query, the most frequent
/// first. A line is
/// {"query": "black midi dress", "attributes": {"colour": "black", ...}, "searches": 31, "clicks":
/// {"00000042": 7, ...}}. A few short queries make a head, most were made once.
void write_search_log(const WardrobeOptions& options);

}  // namespace twinset::wardrobe
