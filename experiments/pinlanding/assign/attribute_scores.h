#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "experiments/pinlanding/assign/frequency_weight.h"

namespace twinset::pinlanding {

/// Embeddings of products and attributes to scores.
class AttributeScores {
 public:
  /// @param attributes  [V, dim] unit rows
  /// @param family_of   [V], the attributes of a family stand together
  /// @param kind        AssignOptions::score
  AttributeScores(std::vector<float> attributes, int64_t dim, double inverse_temperature,
                  std::vector<int64_t> family_of, const std::string& kind, FrequencyWeight weight);

  int64_t num_attributes() const { return static_cast<int64_t>(family_of_.size()); }
  /// Scores [V] of one product, before and after the frequency weight. @param product  [dim] unit
  /// row
  void score(std::span<const float> product, std::vector<double>& raw,
             std::vector<double>& weighted) const;
  /// What the raw score says of a probability: the softmax itself, or the logistic function of a
  /// similarity.
  double naive_confidence(double raw) const;

 private:
  std::vector<float> attributes_;
  int64_t dim_;
  double inverse_temperature_;
  std::vector<int64_t> family_of_;
  std::string kind_;
  FrequencyWeight weight_;
};

}  // namespace twinset::pinlanding
