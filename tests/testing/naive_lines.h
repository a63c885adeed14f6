// Naive loops over labelled pairs in float64, for the oracles of losses that are means over rows
// and columns.
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <vector>

#include "framework/negatives/candidates.h"

namespace twinset::testing {

struct NaivePair {
  size_t row, column;
  double cosine;
  double weight;  ///< relevance of a positive pair; 1 for others
  double log_q;   ///< what is taken from its logit
  double logit(double temperature) const { return cosine / temperature - log_q; }
};

/// A row or a column without its excluded pairs.
struct NaiveLine {
  std::vector<NaivePair> positives, negatives;

  std::vector<NaivePair> all() const {
    std::vector<NaivePair> result = positives;
    result.insert(result.end(), negatives.begin(), negatives.end());
    return result;
  }
  /// The mean over positives by their weights.
  double mean(const std::function<double(const NaivePair&)>& term) const {
    double sum = 0, weights = 0;
    for (const NaivePair& pair : positives) {
      sum += pair.weight * term(pair);
      weights += pair.weight;
    }
    return sum / weights;
  }
};

inline double sum_of(const std::vector<NaivePair>& pairs,
                     const std::function<double(const NaivePair&)>& term) {
  double sum = 0;
  for (const NaivePair& pair : pairs) sum += term(pair);
  return sum;
}

inline std::vector<NaiveLine> naive_lines(const std::vector<std::vector<double>>& cosines,
                                          const Candidates& c, bool by_row) {
  const size_t rows = cosines.size(), columns = cosines[0].size();
  std::vector<NaiveLine> lines(by_row ? rows : columns);
  size_t next_weight = 0;
  for (size_t i = 0; i < rows; ++i) {
    const auto positives = c.positives.row(static_cast<int64_t>(i)),
               excluded = c.excluded.row(static_cast<int64_t>(i));
    for (size_t j = 0; j < columns; ++j) {
      const auto column = static_cast<int64_t>(j);
      const bool is_positive =
          std::find(positives.begin(), positives.end(), column) != positives.end();
      if (std::find(excluded.begin(), excluded.end(), column) != excluded.end()) continue;
      NaivePair pair{i, j, cosines[i][j], 1.0, 0.0};
      if (is_positive && !c.positive_weights.empty()) pair.weight = c.positive_weights[next_weight];
      if (is_positive) ++next_weight;
      if (by_row && c.log_q.defined() && (c.corrects_positives || !is_positive))
        pair.log_q = c.log_q[column].item<double>();
      NaiveLine& line = lines[by_row ? i : j];
      (is_positive ? line.positives : line.negatives).push_back(pair);
    }
  }
  return lines;
}

/// What a line adds, or nothing if it does not count.
using LineValue = std::function<std::optional<double>(const NaiveLine&)>;

/// (1 - w) of the mean over rows and w of that over columns; lines without a positive do not count.
inline double naive_both_ways(const std::vector<std::vector<double>>& cosines, const Candidates& c,
                              double w, const LineValue& value) {
  double result = 0;
  for (bool by_row : {true, false}) {
    double sum = 0;
    int counted = 0;
    for (const NaiveLine& line : naive_lines(cosines, c, by_row)) {
      if (line.positives.empty()) continue;
      const std::optional<double> term = value(line);
      if (!term) continue;
      sum += *term;
      ++counted;
    }
    if (counted > 0) result += (by_row ? 1 - w : w) * sum / counted;
  }
  return result;
}

}  // namespace twinset::testing
