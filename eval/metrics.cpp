#include "eval/metrics.h"

#include <algorithm>
#include <numeric>

#include "eval/top_hits.h"

namespace twinset {

const double* find_metric(const Metrics& metrics, const std::string& name) {
  for (const auto& [key, value] : metrics) {
    if (key == name) return &value;
  }
  return nullptr;
}

std::vector<RankedColumn> ranked_positives(std::span<const double> scores,
                                           std::span<const int64_t> positives) {
  std::vector<RankedColumn> ranked;
  ranked.reserve(positives.size());
  for (const int64_t positive : positives) {
    const auto p = static_cast<size_t>(positive);
    const double score = scores[p];
    int64_t before = 0;
    for (size_t j = 0; j < p; ++j) before += scores[j] >= score;
    for (size_t j = p + 1; j < scores.size(); ++j) before += scores[j] > score;
    ranked.push_back({before + 1, positive});
  }
  std::sort(ranked.begin(), ranked.end(),
            [](const RankedColumn& a, const RankedColumn& b) { return a.rank < b.rank; });
  return ranked;
}

std::vector<int64_t> positive_ranks(std::span<const double> scores,
                                    std::span<const int64_t> positives) {
  std::vector<int64_t> ranks;
  for (const RankedColumn& entry : ranked_positives(scores, positives)) ranks.push_back(entry.rank);
  return ranks;
}

double hit_at_k(std::span<const int64_t> ranks, int64_t k) {
  return !ranks.empty() && ranks.front() <= k ? 1.0 : 0.0;
}

double recall_at_k(std::span<const int64_t> ranks, int64_t k) {
  if (ranks.empty()) return 0.0;
  const auto found = std::upper_bound(ranks.begin(), ranks.end(), k) - ranks.begin();
  return static_cast<double>(found) / static_cast<double>(ranks.size());
}

double average_precision(std::span<const int64_t> ranks) {
  if (ranks.empty()) return 0.0;
  double sum = 0.0;
  for (size_t i = 0; i < ranks.size(); ++i)
    sum += static_cast<double>(i + 1) / static_cast<double>(ranks[i]);
  return sum / static_cast<double>(ranks.size());
}

double expected_hits_at_k(std::span<const double> scores, std::span<const int64_t> relevant,
                          int64_t k) {
  TopHits top(k);
  size_t next = 0;
  for (size_t i = 0; i < scores.size(); ++i) {
    const bool is_relevant = next < relevant.size() && relevant[next] == static_cast<int64_t>(i);
    next += is_relevant;
    if (top.may_enter(scores[i])) top.add(scores[i], is_relevant);
  }
  return top.expected_hits();
}

int64_t best_column(std::span<const double> scores, std::span<const int64_t> columns) {
  int64_t best = columns.front();
  for (const int64_t column : columns) {
    if (scores[static_cast<size_t>(column)] > scores[static_cast<size_t>(best)]) best = column;
  }
  return best;
}

std::vector<int64_t> top_columns(std::span<const double> scores, int64_t k) {
  std::vector<int64_t> order(scores.size());
  std::iota(order.begin(), order.end(), int64_t{0});
  const auto count = std::min<size_t>(static_cast<size_t>(std::max<int64_t>(k, 0)), order.size());
  const auto is_before = [&](int64_t a, int64_t b) {
    const double x = scores[static_cast<size_t>(a)], y = scores[static_cast<size_t>(b)];
    return x > y || (x == y && a < b);
  };
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count), order.end(),
                    is_before);
  order.resize(count);
  return order;
}

}  // namespace twinset
