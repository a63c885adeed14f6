// Thresholds from held-out labels, as pure functions.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace twinset::pinlanding {

/// A pair of product and attribute with a held-out label.
struct LabelledScore {
  double score = 0;
  bool is_true = false;
  double weight = 1;  ///< at least 0 (label_weights.h)
};

/// What a threshold gives: pairs with score >= threshold are assigned.
struct ThresholdChoice {
  double threshold = 0;
  double precision = 0;  ///< 0 if nothing is assigned
  double recall = 0;
  double f1 = 0;
};

/// The threshold with the largest F1; among equals the highest. Candidates are the scores
/// themselves, so the choice is exact. Without a true pair: just above the highest score, which
/// assigns nothing.
ThresholdChoice best_f1_threshold(std::vector<LabelledScore> pairs);

/// The lowest threshold whose precision is at least `target`, which gives the largest recall; just
/// above the highest score if none has it.
ThresholdChoice precision_threshold(std::vector<LabelledScore> pairs, double target);

/// An attribute's own threshold pulled to the common one by how few labels it has:
/// \f$ \tau_a = (n_a \hat\tau_a + \kappa \tau) / (n_a + \kappa) \f$. @param support  n_a, at least
/// 0; with kappa 0 and no support: the common one
double shrunk_threshold(double own, double support, double common, double kappa);

}  // namespace twinset::pinlanding
