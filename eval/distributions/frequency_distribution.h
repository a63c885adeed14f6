// How attributes spread over a catalogue: what curation and a classifier change in the raw words of
// a vision-language model.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "eval/distributions/attribute_counts.h"

namespace twinset {

/// The numbers of one set of attributes. With c_a products for attribute a, A attributes, N
/// products, P = sum of c_a:
struct FrequencyDistribution {
  int64_t num_products = 0;    ///< N
  int64_t num_attributes = 0;  ///< A, distinct
  int64_t num_pairs = 0;       ///< P, products x their attributes
  double coverage = 0;         ///< share of the products that have at least one attribute
  double mean_a_product = 0;   ///< P / N, products without any among them
  double median_a_product = 0;
  double gini =
      0;  ///< \f$ \sum_{a,b} |c_a - c_b| / (2 A P) \f$: 0 all equal, towards 1 one has all
  double entropy_bits = 0;    ///< \f$ H = -\sum_a p_a \log_2 p_a \f$ with \f$ p_a = c_a / P \f$
  double evenness = 0;        ///< H / log2 A, 1 if A = 1; Pielou's index
  double effective_size = 0;  ///< 2^H: as many attributes of equal frequency have this entropy
  std::vector<std::pair<int64_t, double>>
      share_under;                      ///< (n, share of the attributes on fewer than n products)
  std::vector<int64_t> counts_by_rank;  ///< [A] descending: the rank-frequency curve
  std::vector<int64_t> products_by_num_attributes;  ///< [k] products that have exactly k attributes
};

/// The distribution of counts. All of it is 0 or empty without attributes.
/// @param thresholds  the n of `share_under`
FrequencyDistribution frequency_distribution(const AttributeCounts& counts,
                                             const std::vector<int64_t>& thresholds);

}  // namespace twinset
