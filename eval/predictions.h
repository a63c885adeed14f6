#pragma once

#include <string>
#include <vector>

#include "eval/protocol.h"
#include "eval/scores.h"

namespace twinset {

/// An attribute that was predicted for a product.
struct Prediction {
  std::string phrase;  ///< "key: value"
  double score = 0.0;  ///< what it was ranked by
  bool is_true = false;
};

/// A product's best-scored attributes, best first.
///
/// @param column_terms [V] added to the scores first, such as `log_frequency_terms`; empty: nothing
std::vector<Prediction> top_predictions(const ScoreSource& scores, const EvaluationTruth& truth,
                                        int64_t product, int64_t count,
                                        const std::vector<double>& column_terms = {});

/// The phrases that are true of a product.
std::vector<std::string> true_phrases(const EvaluationTruth& truth, int64_t product);

/// The average precision of every product, [N]; NaN for those without labels. What best and worst
/// cases are chosen by.
std::vector<double> average_precisions(const ScoreSource& scores, const EvaluationTruth& truth,
                                       const std::vector<double>& column_terms = {});

}  // namespace twinset
