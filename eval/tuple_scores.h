#pragma once

#include <cstdint>
#include <vector>

#include "eval/scores.h"
#include "framework/data/vocabulary.h"

namespace twinset {

/// Every product's log-softmax of each attribute among the attributes of its family, so that any
/// tuple is a sum of columns:
/// \f$ \beta s_a - \log \sum_{b \in F(a)} e^{\beta s_b} \f$, the score of the protocol
/// tuple_to_product.within_family.
///
/// Memory: 4 bytes a product and attribute. Float32: for showing and answering, not for numbers
/// that are compared.
class WithinFamilyScores {
 public:
  /// Appends the products of `scores`, [N, V], behind those that are there.
  void add(const ScoreSource& scores, const AttributeVocabulary& vocabulary,
           double inverse_temperature);
  int64_t num_products() const {
    return columns_.empty() ? 0 : static_cast<int64_t>(columns_[0].size());
  }
  /// The first k products by the sum over `attributes`, best first; equal sums by the earlier
  /// product.
  std::vector<int64_t> top_products(const std::vector<int64_t>& attributes, int64_t k) const;

 private:
  std::vector<std::vector<float>> columns_;  // [V][N]
};

}  // namespace twinset
