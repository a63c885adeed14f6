// A page on which people judge collections without knowing which system made them.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "eval/judged/collection.h"

namespace twinset {

/// What a page shows of one collection; the key keeps whose it is.
struct RatingItem {
  std::string id;      ///< tells nothing of the system
  std::string system;  ///< not on the page
  std::string title;
  std::vector<std::string> products;  ///< in the order shown, which is not the system's
};

/// One page with its order, which the key file keeps.
struct RatingPage {
  std::string digest;  ///< identifies the items: ratings of another page are refused
  std::vector<RatingItem> items;
};

/// Both systems' collections, the first k products each, mixed: the order of collections and of the
/// products within each is drawn from `seed`. With `max_titles` > 0, only so many titles are drawn,
/// those that every system has before the others.
RatingPage make_rating_page(const std::vector<CollectionSystem>& systems, size_t k,
                            size_t max_titles, uint64_t seed);

/// Writes folder/rate.html (self-contained: pictures, style and script inside) and folder/key.json
/// (which raters should not see).
/// @param image  the encoded JPEG, PNG or WebP of a product id
void write_rating_page(const RatingPage& page,
                       const std::function<std::string(const std::string&)>& image,
                       const std::filesystem::path& folder);

/// Reads what raters exported: {"format": "twinset.ratings", "version": 1, "page": DIGEST, "rater":
/// "anna", "verdicts": {ITEM: [true, false, null, ...]}}; null: could not tell, or not yet rated.
/// @throws DataError for another format, a page that is not the key's, an item that is not on it,
/// or a rater twice
Judgments read_ratings(const std::vector<std::filesystem::path>& ratings,
                       const std::filesystem::path& key);

}  // namespace twinset
