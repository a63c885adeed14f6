#include "eval/distributions/frequency_distribution.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace twinset {
namespace {

// The sum over pairs of |c_a - c_b| is a weighted sum of the sorted counts.
double gini_of(const std::vector<int64_t>& descending, double total) {
  const auto size = static_cast<double>(descending.size());
  double weighted = 0;
  for (size_t i = 0; i < descending.size(); ++i)
    weighted += (size - 1 - 2 * static_cast<double>(i)) * static_cast<double>(descending[i]);
  return weighted / (size * total);
}

double entropy_of(const std::vector<int64_t>& counts, double total) {
  double entropy = 0;
  for (const int64_t count : counts) {
    const double p = static_cast<double>(count) / total;
    entropy -= p * std::log2(p);
  }
  return entropy;
}

double median_of(std::vector<int64_t> values) {
  std::sort(values.begin(), values.end());
  const size_t half = values.size() / 2;
  const auto upper = static_cast<double>(values[half]);
  return values.size() % 2 == 1 ? upper : (static_cast<double>(values[half - 1]) + upper) / 2;
}

}  // namespace

FrequencyDistribution frequency_distribution(const AttributeCounts& counts,
                                             const std::vector<int64_t>& thresholds) {
  FrequencyDistribution result;
  result.num_products = static_cast<int64_t>(counts.attributes_of.size());
  result.num_attributes = static_cast<int64_t>(counts.attributes.size());
  if (result.num_products == 0 || result.num_attributes == 0) return result;
  result.counts_by_rank = counts.products_with;
  std::sort(result.counts_by_rank.begin(), result.counts_by_rank.end(), std::greater<>());
  for (const int64_t count : result.counts_by_rank) result.num_pairs += count;

  int64_t covered = 0;
  for (const int64_t number : counts.attributes_of) {
    covered += number > 0;
    if (number >= static_cast<int64_t>(result.products_by_num_attributes.size()))
      result.products_by_num_attributes.resize(static_cast<size_t>(number) + 1);
    ++result.products_by_num_attributes[static_cast<size_t>(number)];
  }
  const auto products = static_cast<double>(result.num_products),
             attributes = static_cast<double>(result.num_attributes);
  const auto pairs = static_cast<double>(result.num_pairs);
  result.coverage = static_cast<double>(covered) / products;
  result.mean_a_product = pairs / products;
  result.median_a_product = median_of(counts.attributes_of);
  result.gini = gini_of(result.counts_by_rank, pairs);
  result.entropy_bits = entropy_of(result.counts_by_rank, pairs);
  result.evenness = result.num_attributes == 1 ? 1.0 : result.entropy_bits / std::log2(attributes);
  result.effective_size = std::exp2(result.entropy_bits);
  for (const int64_t threshold : thresholds) {
    const auto rare = std::count_if(counts.products_with.begin(), counts.products_with.end(),
                                    [&](int64_t count) { return count < threshold; });
    result.share_under.emplace_back(threshold, static_cast<double>(rare) / attributes);
  }
  return result;
}

}  // namespace twinset
