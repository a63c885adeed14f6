#include "eval/predictions.h"

#include <algorithm>
#include <cmath>

namespace twinset {
namespace {

std::span<double> adjusted_row(ScoreBlock& block, int64_t i,
                               const std::vector<double>& column_terms) {
  const auto row = block.row(i);
  for (size_t column = 0; column < column_terms.size(); ++column)
    row[column] += column_terms[column];
  return row;
}

}  // namespace

std::vector<Prediction> top_predictions(const ScoreSource& scores, const EvaluationTruth& truth,
                                        int64_t product, int64_t count,
                                        const std::vector<double>& column_terms) {
  ScoreBlock block = scores.rows(product, 1);
  const auto row = adjusted_row(block, 0, column_terms);
  const auto labels = truth.labels.row(product);
  std::vector<Prediction> predictions;
  for (const int64_t column : top_columns(row, count)) {
    predictions.push_back({truth.vocabulary.phrases()[static_cast<size_t>(column)],
                           row[static_cast<size_t>(column)],
                           std::binary_search(labels.begin(), labels.end(), column)});
  }
  return predictions;
}

std::vector<std::string> true_phrases(const EvaluationTruth& truth, int64_t product) {
  std::vector<std::string> phrases;
  for (const int64_t column : truth.labels.row(product))
    phrases.push_back(truth.vocabulary.phrases()[static_cast<size_t>(column)]);
  return phrases;
}

std::vector<double> average_precisions(const ScoreSource& scores, const EvaluationTruth& truth,
                                       const std::vector<double>& column_terms) {
  constexpr int64_t kBlock = 512;
  std::vector<double> precisions;
  for (int64_t first = 0; first < scores.num_products(); first += kBlock) {
    ScoreBlock block = scores.rows(first, std::min(kBlock, scores.num_products() - first));
    for (int64_t i = 0; i < block.num_products; ++i) {
      const auto labels = truth.labels.row(first + i);
      const auto row = adjusted_row(block, i, column_terms);
      precisions.push_back(labels.empty() ? std::nan("")
                                          : average_precision(positive_ranks(row, labels)));
    }
  }
  return precisions;
}

}  // namespace twinset
