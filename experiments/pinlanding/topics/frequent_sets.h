// Frequent item sets of the attribute graph, exactly, under rules of what may stand together.
#pragma once

#include <cstdint>
#include <vector>

#include "experiments/pinlanding/records/assigned_products.h"

namespace twinset::pinlanding {

/// Attributes that occur together, and on how many products.
struct FrequentSet {
  std::vector<int32_t> columns;  ///< ascending
  int64_t support = 0;
};

/// Which sets are wanted.
struct FrequentSetRules {
  int64_t min_size = 2;
  int64_t max_size = 4;
  int64_t min_support = 1;
  int64_t max_sets = 1000000;     ///< more are an error: the rules are too loose
  std::vector<bool> is_required;  ///< [A] a set has at least one of these
  std::vector<bool> is_excluded;  ///< [A] never in a set
  std::vector<int32_t>
      exclusive;  ///< [A] two attributes of one number >= 0 contradict each other; -1: none does
};

/// Every set that the rules allow, with its support, by ascending columns.
///
/// Eclat: depth first over bitmaps of products, which are cut to the products of the set's first
/// attribute. Required attributes come first in the search order, so that a branch without one is
/// never entered. Memory: a bitmap of the first attribute's products for each attribute beside it,
/// a thread.
///
/// @throws ConfigError  more than max_sets sets
/// @throws Interrupted  when asked to stop
/// Source: Zaki 2000, IEEE TKDE 12(3), "Scalable algorithms for association mining".
std::vector<FrequentSet> frequent_sets(const AttributeGraph& graph, const FrequentSetRules& rules,
                                       int num_threads);

/// The products of each attribute, [A] ascending lists.
std::vector<std::vector<int32_t>> inverted_lists(const AttributeGraph& graph);

/// The products that have all of `columns`, ascending.
std::vector<int32_t> products_with_all(const std::vector<std::vector<int32_t>>& inverted,
                                       const std::vector<int32_t>& columns);

}  // namespace twinset::pinlanding
