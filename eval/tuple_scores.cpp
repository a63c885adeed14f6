#include "eval/tuple_scores.h"

#include <algorithm>
#include <cmath>

#include "eval/groups.h"
#include "eval/metrics.h"

namespace twinset {

void WithinFamilyScores::add(const ScoreSource& scores, const AttributeVocabulary& vocabulary,
                             double inverse_temperature) {
  constexpr int64_t kBlock = 512;
  columns_.resize(static_cast<size_t>(vocabulary.size()));
  const auto families = columns_of_families(vocabulary);
  const auto add_family = [&](std::span<const double> row, const std::vector<int64_t>& family) {
    double highest = -INFINITY, sum = 0;
    for (const int64_t column : family)
      highest = std::max(highest, inverse_temperature * row[static_cast<size_t>(column)]);
    for (const int64_t column : family)
      sum += std::exp(inverse_temperature * row[static_cast<size_t>(column)] - highest);
    for (const int64_t column : family) {
      const double value =
          inverse_temperature * row[static_cast<size_t>(column)] - highest - std::log(sum);
      columns_[static_cast<size_t>(column)].push_back(static_cast<float>(value));
    }
  };
  for (int64_t first = 0; first < scores.num_products(); first += kBlock) {
    const ScoreBlock block = scores.rows(first, std::min(kBlock, scores.num_products() - first));
    for (int64_t i = 0; i < block.num_products; ++i) {
      const std::span<const double> row = block.row(i);
      for (const auto& family : families) add_family(row, family);
    }
  }
}

std::vector<int64_t> WithinFamilyScores::top_products(const std::vector<int64_t>& attributes,
                                                      int64_t k) const {
  std::vector<double> sums(static_cast<size_t>(num_products()));
  for (const int64_t attribute : attributes) {
    const auto& column = columns_[static_cast<size_t>(attribute)];
    for (size_t i = 0; i < sums.size(); ++i) sums[i] += static_cast<double>(column[i]);
  }
  return top_columns(sums, k);
}

}  // namespace twinset
