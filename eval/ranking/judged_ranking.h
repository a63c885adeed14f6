// Metrics of one ranked list against graded judgments, as pure functions over plain numbers.
//
// eval/metrics.h has those over the ranks of positives in a complete ranking; these take a list
// that was cut off and documents that nobody judged, as run files have. Conventions are
// trec_eval's.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace twinset {

/// The grade of a document without a judgment.
inline constexpr int32_t kUnjudged = std::numeric_limits<int32_t>::min();

/// One query's list, best first, and everything that was judged for it.
struct JudgedRanking {
  std::span<const int32_t> grades;  ///< [retrieved] the grade of each, or kUnjudged
  std::span<const int32_t> judged;  ///< [judged] all grades, descending, whether retrieved or not
};

/// How often the gain of a grade doubles: linear gains are Jarvelin and Kekalainen's (trec_eval's),
/// exponential ones Burges's.
enum class Gain { kLinear, kExponential };

/// A metric with its parameters. Parameters that a kind does not use are ignored.
struct RankingMetric {
  enum class Kind {
    kHit,
    kHits,
    kPrecision,
    kRecall,
    kF1,
    kRPrecision,
    kReciprocalRank,
    kAveragePrecision,
    kDcg,
    kNdcg,
    kBpref,
    kRbp,
    kAuc
  };
  Kind kind = Kind::kHit;
  int64_t cut = 0;            ///< K; 0: the whole list
  int32_t least_grade = 1;    ///< a document with this grade or a greater one is relevant
  Gain gain = Gain::kLinear;  ///< dcg, ndcg
  double persistence = 0.8;   ///< rbp
};

/// The metric's value of a query. With relevant = grade >= least_grade, R relevant documents
/// judged, first k = min(K, retrieved):
/// - hit: 1 if any of the first k is relevant; hits: how many are.
/// - precision: hits / K, though fewer were retrieved. recall: hits / R. f1: their harmonic mean.
/// - r_precision: precision at K = R.
/// - mrr: 1 / rank of the first relevant document, if among the first k.
/// - map: \f$ \frac{1}{R} \sum_{i \le k, i\ relevant} hits_i / i \f$.
/// - dcg: \f$ \sum_{i \le k} g_i / \log_2(i + 1) \f$ over relevant documents, g the grade, or
///   2^grade - 1 (dcg_burges).
/// - ndcg: dcg over that of the judged documents in order of grade, which is cut at K too.
/// - bpref: \f$ \frac{1}{R} \sum_{relevant} 1 - \min(n_i, R) / \min(R, N) \f$, n_i judged
///   irrelevant documents above, N in all.
/// - rbp: \f$ (1 - p) \sum_i g_i p^{i-1} \f$, p the persistence.
/// - auc: share of pairs (relevant, other judged) that are in order. A judged document that was not
///   retrieved lies below all that were; two such count half.
/// Where a denominator is 0 the value is 0.
double evaluate_metric(const RankingMetric& metric, const JudgedRanking& ranking);

/// Reads "ndcg@10", "map", "hit@1", "precision@5-l2" (grades from 2 are relevant),
/// "ndcg_burges@20", "rbp.95".
/// @throws ConfigError with the nearest known name
RankingMetric parse_ranking_metric(const std::string& name);

/// The names without parameters.
std::vector<std::string> ranking_metric_names();

}  // namespace twinset
