#pragma once

#include <string>
#include <utility>
#include <vector>

#include "eval/judged/collection.h"
#include "eval/table.h"

namespace twinset {

/// A name for keys of the data: {"color", {"colour", "second_colour"}}.
using AttributeFamilies = std::vector<std::pair<std::string, std::vector<std::string>>>;

/// Reads a map of family to its keys, in order. @throws ConfigError for other shapes, or a key in
/// two families
AttributeFamilies read_families(const Node& node);

/// One system's precision of one family, or of all collections.
struct JudgedPrecision {
  double mean = 0;       ///< over collections
  double deviation = 0;  ///< sample standard deviation over collections; 0 for one
  int64_t num_collections = 0;
};

struct JudgedSystem {
  std::string name;
  JudgedPrecision overall;
  std::vector<JudgedPrecision>
      families;  ///< in the order of the families; no collection: num_collections 0
  std::vector<double>
      by_collection;  ///< in the order of the system's collections; NaN without a judged product
  int64_t num_unjudged = 0;  ///< products that no judge answered for
};

/// Precision@k of collections: the share of the first k products that satisfy every attribute of
/// the title.
///
/// A verdict is the mean over judges. Products that no judge answered for are left out of both
/// sides of the fraction, and counted; a collection without a judged product is left out of the
/// means. A collection shorter than k is divided by its length. A family's precision is the mean
/// over the collections whose title asks for one of its attributes, as a paper breaks precision
/// down; one collection counts in several families.
/// Source: the protocol of PinLanding, arXiv:2503.00619 (precision of the first ten products, all
/// title attributes).
std::vector<JudgedSystem> judge_systems(const std::vector<CollectionSystem>& systems,
                                        const Judgments& judgments,
                                        const AttributeFamilies& families, size_t k);

/// A row a system: the number of collections, overall precision, then the families that any
/// collection asks for.
Table judged_table(const std::vector<JudgedSystem>& systems, const AttributeFamilies& families,
                   size_t k);

}  // namespace twinset
