#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "framework/core/random.h"

namespace twinset::wardrobe {

/// Clicks of `num_searches` searches that find the products `found`, by product.
///
/// The products stand in a random order, the same for each search. The one at rank r (from 0, up
/// to 11) is clicked with probability .45 / (r + 1); a share `stray_share` of the clicks falls on
/// any of the `num_products` products instead. A model of this project's, not measured in a shop.
std::map<int64_t, int64_t> simulate_clicks(std::vector<int64_t> found, int64_t num_products,
                                           int64_t num_searches, double stray_share,
                                           CounterRandom random);

}  // namespace twinset::wardrobe
