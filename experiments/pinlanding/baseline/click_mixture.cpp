#include "experiments/pinlanding/baseline/click_mixture.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "framework/core/random.h"

namespace twinset::pinlanding {

std::vector<MixedHit> mixed_top_k(const std::vector<double>& bm25,
                                  const std::vector<std::pair<int64_t, int64_t>>& clicks,
                                  double mix, int64_t k) {
  const double best_text = bm25.empty() ? 0 : *std::max_element(bm25.begin(), bm25.end());
  int64_t most_clicks = 0;
  for (const auto& [product, number] : clicks) most_clicks = std::max(most_clicks, number);
  std::vector<double> scores(bm25.size());
  for (size_t p = 0; p < bm25.size() && best_text > 0; ++p)
    scores[p] = (1 - mix) * bm25[p] / best_text;
  for (const auto& [product, number] : clicks) {
    scores[static_cast<size_t>(product)] += mix * std::log1p(static_cast<double>(number)) /
                                            std::log1p(static_cast<double>(most_clicks));
  }
  std::vector<MixedHit> hits;
  for (size_t p = 0; p < scores.size(); ++p) {
    if (scores[p] > 0) hits.push_back({static_cast<int64_t>(p), scores[p]});
  }
  const auto num_kept = std::min<std::ptrdiff_t>(std::ssize(hits), k);
  std::partial_sort(hits.begin(), hits.begin() + num_kept, hits.end(),
                    [](const MixedHit& a, const MixedHit& b) {
                      return a.score > b.score || (a.score == b.score && a.product < b.product);
                    });
  hits.resize(static_cast<size_t>(num_kept));
  return hits;
}

std::pair<ClickedQuery, ClickedQuery> split_clicks(const ClickedQuery& query, double share,
                                                   uint64_t seed) {
  ClickedQuery stays{query.query, {}}, held_out{query.query, {}};
  for (const auto& [product, number] : query.clicks) {
    CounterRandom random(
        {seed, purpose_id(query.query), static_cast<uint64_t>(product), "held_out_clicks"});
    int64_t num_held_out = 0;
    for (int64_t i = 0; i < number; ++i) num_held_out += random.bernoulli(share);
    if (num_held_out > 0) held_out.clicks.emplace_back(product, num_held_out);
    if (num_held_out < number) stays.clicks.emplace_back(product, number - num_held_out);
  }
  return {stays, held_out};
}

double click_ndcg(const std::vector<MixedHit>& ranking,
                  const std::vector<std::pair<int64_t, int64_t>>& clicks, int64_t k) {
  std::unordered_map<int64_t, double> gains;
  std::vector<double> ideal;
  for (const auto& [product, number] : clicks) {
    gains[product] = static_cast<double>(number);
    ideal.push_back(static_cast<double>(number));
  }
  std::sort(ideal.rbegin(), ideal.rend());
  const auto discount = [](size_t rank) {
    return 1.0 / std::log2(static_cast<double>(rank) + 2.0);
  };
  double sum = 0, best = 0;
  for (size_t i = 0; i < static_cast<size_t>(k); ++i) {
    if (i < ideal.size()) best += ideal[i] * discount(i);
    if (i >= ranking.size()) continue;
    const auto gain = gains.find(ranking[i].product);
    if (gain != gains.end()) sum += gain->second * discount(i);
  }
  return best > 0 ? sum / best : 0;
}

}  // namespace twinset::pinlanding
