#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "eval/distributions/frequency_distribution.h"
#include "eval/figures/figure.h"
#include "eval/table.h"

namespace twinset {

/// One set of attributes of a comparison, such as "raw" or "curated".
struct NamedDistribution {
  std::string name;
  FrequencyDistribution distribution;
};

/// A row a set: products, distinct attributes, attributes a product, coverage, share under n
/// products, Gini, entropy.
Table distribution_table(const std::vector<NamedDistribution>& sets);

/// The number of products by rank of the attribute, both axes logarithmic.
Figure rank_frequency_figure(const std::vector<NamedDistribution>& sets);

/// The share of products by how many attributes they have.
Figure attributes_a_product_figure(const std::vector<NamedDistribution>& sets);

}  // namespace twinset
