// Ranking metrics as pure functions over plain numbers.
//
// One rule for ties wherever a list must be ordered: the higher score first, equal scores by the
// lower column, which is what a stable descending sort gives. Where a list is only cut
// (`expected_hits_at_k`), ties count in expectation instead.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "framework/tracking/metrics_log.h"

namespace twinset {

/// The value of a name, or null.
const double* find_metric(const Metrics& metrics, const std::string& name);

/// The ranks, from 1 and ascending, that the positive columns have in a row of scores.
///
/// rank(p) = 1 + #{j: s_j > s_p} + #{j < p: s_j = s_p}
///
/// @param scores     [V], no NaN
/// @param positives  ascending columns in [0, V)
std::vector<int64_t> positive_ranks(std::span<const double> scores,
                                    std::span<const int64_t> positives);

/// The same with each rank's column, ordered by rank.
struct RankedColumn {
  int64_t rank = 0;
  int64_t column = 0;
};
std::vector<RankedColumn> ranked_positives(std::span<const double> scores,
                                           std::span<const int64_t> positives);

/// 1 if any positive is among the first k, else 0. Also known as hit rate; many papers call it
/// Recall@K.
///
/// @param ranks  as `positive_ranks` gives them
double hit_at_k(std::span<const int64_t> ranks, int64_t k);

/// The share of the positives that are among the first k; 0 without positives.
double recall_at_k(std::span<const int64_t> ranks, int64_t k);

/// The mean over the positives of the precision at their rank; 0 without positives.
///
/// \f$ AP = \frac{1}{P} \sum_{i=1}^{P} \frac{i}{r_i} \f$ with the ranks r ascending.
double average_precision(std::span<const int64_t> ranks);

/// How many relevant entries the first k hold, in expectation when ties at the cut are broken at
/// random: those above the k-th score count in full, those equal to it by their share of the places
/// left.
///
/// @param scores    [N]
/// @param relevant  ascending indices in [0, N)
/// @param k         cut; min(k, N) places
double expected_hits_at_k(std::span<const double> scores, std::span<const int64_t> relevant,
                          int64_t k);

/// The best of the given columns; the earliest listed one among equals. @param columns  not empty
int64_t best_column(std::span<const double> scores, std::span<const int64_t> columns);

/// The first k columns of a row of scores, best first.
std::vector<int64_t> top_columns(std::span<const double> scores, int64_t k);

}  // namespace twinset
