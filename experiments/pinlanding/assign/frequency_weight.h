#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "framework/core/options.h"

namespace twinset::pinlanding {

struct FrequencyWeightOptions {
  std::string formula = "none";
  double strength = 0.5;

  template <class V>
  void visit(V&& v) {
    v("formula", formula,
      Field{.help = "how a frequent attribute's score is lowered and a rare one's raised; the "
                    "paper states none",
            .choices = {"none", "logit", "power", "exponential"}});
    v("strength", strength, Field{.help = "lambda of logit and exponential, beta of power"});
  }
};

/// Scores adjusted by how frequent an attribute is, f_a, against the median f_med:
/// none: s; logit: \f$ s - \lambda \log f_a \f$; power: \f$ s (f_{med} / f_a)^\beta \f$;
/// exponential: \f$ s \exp(\lambda (1 - f_a / f_{med})) \f$.
///
/// Each is a rising map of s for one attribute, so with thresholds of its own (no shrinkage) an
/// attribute goes to the same products whatever the formula; it acts through thresholds that
/// attributes share.
class FrequencyWeight {
 public:
  /// @param counts  [V] products that have each attribute, at least 1
  FrequencyWeight(const FrequencyWeightOptions& options, const std::vector<int64_t>& counts,
                  int64_t num_products);
  double apply(double score, int64_t attribute) const {
    const auto a = static_cast<size_t>(attribute);
    return score * factors_[a] + offsets_[a];
  }

 private:
  std::vector<double> factors_, offsets_;  ///< [V]
};

}  // namespace twinset::pinlanding
