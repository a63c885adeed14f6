// Feeds of a shop without attributes: BM25 over titles and what was clicked.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "eval/baselines/bm25.h"

namespace twinset::pinlanding {

/// A query with its clicks, by product index.
struct ClickedQuery {
  std::string query;
  std::vector<std::pair<int64_t, int64_t>> clicks;  ///< product and number, each product once
};

/// A product and its mixed score.
struct MixedHit {
  int64_t product = 0;
  double score = 0;
};

/// The k best products by \f$ (1 - \lambda)\,\frac{b_p}{\max b} + \lambda\,\frac{\log(1 +
/// c_p)}{\log(1 + \max c)} \f$ with BM25 scores b and clicks c; a maximum of 0 makes its part 0,
/// and products whose score is 0 are left out. Ties: the lower product first.
/// @param bm25  [N] scores of the query
std::vector<MixedHit> mixed_top_k(const std::vector<double>& bm25,
                                  const std::vector<std::pair<int64_t, int64_t>>& clicks,
                                  double mix, int64_t k);

/// Each click goes to one side or the other by a coin of its own (seed, query, product, number).
/// @param share  of the clicks that are held out
/// @return the query with the clicks that stay, and with those that are held out
std::pair<ClickedQuery, ClickedQuery> split_clicks(const ClickedQuery& query, double share,
                                                   uint64_t seed);

/// nDCG@k of a ranking with the held-out clicks of a product as its gain: sum of c / log2(rank + 1)
/// over the best such sum. 0 without held-out clicks.
double click_ndcg(const std::vector<MixedHit>& ranking,
                  const std::vector<std::pair<int64_t, int64_t>>& clicks, int64_t k);

}  // namespace twinset::pinlanding
