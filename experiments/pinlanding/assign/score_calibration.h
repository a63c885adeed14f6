// Scores to probabilities, learned from labelled pairs.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "experiments/pinlanding/assign/thresholds.h"

namespace twinset::pinlanding {

/// A rising map from score to probability.
class ScoreCalibration {
 public:
  /// Isotonic regression: the rising function with the least weighted squared error, by pooling
  /// adjacent violators, linear between the (weighted mean) scores of its steps and constant
  /// outside. Source: Barlow et al. 1972; Zadrozny and Elkan 2002.
  static ScoreCalibration isotonic(std::vector<LabelledScore> pairs);
  /// Logistic: \f$ p = 1 / (1 + e^{-(a s + b)}) \f$ with the largest weighted likelihood, a >= 0,
  /// by Newton's method, targets smoothed as Platt does: (N+ + 1) / (N+ + 2) and 1 / (N- + 2).
  /// Source: Platt 1999; Lin et al. 2007.
  static ScoreCalibration platt(const std::vector<LabelledScore>& pairs);
  /// "isotonic" or "platt". Without any weight: probability 0 everywhere.
  static ScoreCalibration fit(const std::string& method, const std::vector<LabelledScore>& pairs);

  double probability(double score) const;

  nlohmann::ordered_json save() const;
  static ScoreCalibration load(const nlohmann::ordered_json& json);

 private:
  bool is_logistic_ = false;
  double slope_ = 0, offset_ = 0;
  std::vector<double> scores_, probabilities_;  ///< knots, ascending
};

}  // namespace twinset::pinlanding
