#include "experiments/pinlanding/baseline/click_mixture.h"

#include <gmock/gmock.h>

#include <cmath>

namespace twinset::pinlanding {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<int64_t> products(const std::vector<MixedHit>& hits) {
  std::vector<int64_t> result;
  for (const MixedHit& hit : hits) result.push_back(hit.product);
  return result;
}

TEST(MixedTopK, MixesTextAndClicks) {
  const std::vector<double> bm25 = {4, 2, 0, 1, 0};
  const std::vector<std::pair<int64_t, int64_t>> clicks = {{2, 7}, {1, 3}};
  EXPECT_THAT(products(mixed_top_k(bm25, clicks, 0, 10)), ElementsAre(0, 1, 3));
  EXPECT_THAT(products(mixed_top_k(bm25, clicks, 1, 10)), ElementsAre(2, 1));
  const auto half = mixed_top_k(bm25, clicks, 0.5, 10);
  EXPECT_THAT(products(half), ElementsAre(1, 0, 2, 3));
  EXPECT_NEAR(half[0].score, 0.5 * 2 / 4 + 0.5 * std::log(4.0) / std::log(8.0), 1e-12);
  EXPECT_THAT(products(mixed_top_k(bm25, clicks, 0.5, 2)), ElementsAre(1, 0));
}

TEST(MixedTopK, StandsWithoutTextOrClicks) {
  EXPECT_THAT(products(mixed_top_k({0, 0}, {}, 0.5, 10)), IsEmpty());
  EXPECT_THAT(products(mixed_top_k({0, 0}, {{1, 1}}, 0.5, 10)), ElementsAre(1));
  EXPECT_THAT(products(mixed_top_k({1, 1}, {}, 0.5, 10)), ElementsAre(0, 1));
}

TEST(SplitClicks, KeepsEveryClickOnOneSide) {
  ClickedQuery query{"black dress", {}};
  for (int64_t p = 0; p < 300; ++p) query.clicks.emplace_back(p, 1 + p % 4);
  const auto [stays, held_out] = split_clicks(query, 0.2, 3);
  std::vector<int64_t> sum(300);
  int64_t num_held_out = 0;
  for (const auto& [product, number] : stays.clicks) sum[static_cast<size_t>(product)] += number;
  for (const auto& [product, number] : held_out.clicks) {
    sum[static_cast<size_t>(product)] += number;
    num_held_out += number;
  }
  for (int64_t p = 0; p < 300; ++p) EXPECT_EQ(sum[static_cast<size_t>(p)], 1 + p % 4);
  EXPECT_NEAR(static_cast<double>(num_held_out) / 750, 0.2, 0.05);
  EXPECT_EQ(split_clicks(query, 0.2, 3).second.clicks, held_out.clicks);
  EXPECT_NE(split_clicks(query, 0.2, 4).second.clicks, held_out.clicks);
}

TEST(ClickNdcg, MatchesAHandComputedValue) {
  const std::vector<MixedHit> ranking = {{5, 3}, {2, 2}, {7, 1}};
  const double best = 4 + 1 / std::log2(3.0);
  EXPECT_NEAR(click_ndcg(ranking, {{2, 4}, {9, 1}}, 10), 4 / std::log2(3.0) / best, 1e-12);
  EXPECT_EQ(click_ndcg({{2, 2}, {9, 1}}, {{2, 4}, {9, 1}}, 10), 1.0);
  EXPECT_EQ(click_ndcg(ranking, {}, 10), 0.0);
  EXPECT_EQ(click_ndcg(ranking, {{7, 1}}, 2), 0.0);
}

}  // namespace
}  // namespace twinset::pinlanding
