#include "eval/metrics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "eval/frequency_bands.h"

namespace twinset {
namespace {

using Columns = std::vector<int64_t>;

// Scores with many ties, and a sparse set of relevant entries.
struct RandomRanking {
  std::vector<double> scores;
  Columns relevant;
};

RandomRanking random_ranking(uint64_t seed, size_t size, int num_levels, int one_relevant_in) {
  RandomRanking ranking;
  uint64_t state = seed * 2654435761u + 12345;
  const auto draw = [&](int bound) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return static_cast<int>((state >> 33) % static_cast<uint64_t>(bound));
  };
  for (size_t i = 0; i < size; ++i) {
    ranking.scores.push_back(draw(num_levels) * 0.25);
    if (draw(one_relevant_in) == 0) ranking.relevant.push_back(static_cast<int64_t>(i));
  }
  return ranking;
}

std::vector<bool> sorted_relevance(const RandomRanking& ranking) {
  Columns order(ranking.scores.size());
  std::iota(order.begin(), order.end(), int64_t{0});
  std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
    return ranking.scores[static_cast<size_t>(a)] > ranking.scores[static_cast<size_t>(b)];
  });
  std::vector<bool> relevance;
  for (const int64_t i : order)
    relevance.push_back(std::count(ranking.relevant.begin(), ranking.relevant.end(), i) > 0);
  return relevance;
}

TEST(PositiveRanks, AreCountedFromOneWithTiesByLowerColumn) {
  const std::vector<double> scores = {0.5, 0.9, 0.5, 0.1, 0.5};
  EXPECT_EQ(positive_ranks(scores, Columns{1}), Columns{1});
  EXPECT_EQ(positive_ranks(scores, Columns{2}), Columns{3});
  EXPECT_EQ(positive_ranks(scores, Columns{3, 4}), (Columns{4, 5}));
  EXPECT_EQ(positive_ranks(scores, Columns{0, 1, 2, 3, 4}), (Columns{1, 2, 3, 4, 5}));
}

TEST(Hit, IsOneAsSoonAsAPositiveIsThere) {
  EXPECT_EQ(hit_at_k(Columns{3, 7}, 2), 0.0);
  EXPECT_EQ(hit_at_k(Columns{3, 7}, 3), 1.0);
  EXPECT_EQ(hit_at_k(Columns{}, 3), 0.0);
}

TEST(Recall, IsTheShareOfPositives) {
  EXPECT_EQ(recall_at_k(Columns{1, 3, 7, 8}, 3), 0.5);
  EXPECT_EQ(recall_at_k(Columns{1, 3, 7, 8}, 8), 1.0);
  EXPECT_EQ(recall_at_k(Columns{}, 8), 0.0);
}

TEST(AveragePrecision, ByHand) {
  EXPECT_DOUBLE_EQ(average_precision(Columns{1, 3, 6}), (1.0 / 1 + 2.0 / 3 + 3.0 / 6) / 3);
  EXPECT_DOUBLE_EQ(average_precision(Columns{1, 2, 3}), 1.0);
  EXPECT_EQ(average_precision(Columns{}), 0.0);
}

TEST(RankingMetrics, MatchASortedListWithTies) {
  for (uint64_t seed = 0; seed < 50; ++seed) {
    const RandomRanking ranking = random_ranking(seed, 40, 7, 5);
    if (ranking.relevant.empty()) continue;
    const std::vector<bool> relevance = sorted_relevance(ranking);
    const auto ranks = positive_ranks(ranking.scores, ranking.relevant);
    double precision_sum = 0.0, found = 0.0;
    for (size_t i = 0; i < relevance.size(); ++i) {
      if (relevance[i]) precision_sum += ++found / static_cast<double>(i + 1);
      const double expected_recall = found / static_cast<double>(ranking.relevant.size());
      EXPECT_DOUBLE_EQ(recall_at_k(ranks, static_cast<int64_t>(i + 1)), expected_recall);
      EXPECT_EQ(hit_at_k(ranks, static_cast<int64_t>(i + 1)), found > 0 ? 1.0 : 0.0);
    }
    EXPECT_DOUBLE_EQ(average_precision(ranks), precision_sum / found);
  }
}

TEST(ExpectedHits, ByHand) {
  const std::vector<double> scores = {0.9, 0.5, 0.5, 0.5, 0.1};
  // One place is taken by the best, the other two are shared by three entries of which two are
  // relevant.
  EXPECT_DOUBLE_EQ(expected_hits_at_k(scores, Columns{1, 3, 4}, 3), 2 * 2.0 / 3);
  EXPECT_DOUBLE_EQ(expected_hits_at_k(scores, Columns{0, 1, 3, 4}, 4), 3.0);
  EXPECT_DOUBLE_EQ(expected_hits_at_k(scores, Columns{0, 4}, 9), 2.0);
  EXPECT_DOUBLE_EQ(expected_hits_at_k(scores, Columns{0, 4}, 0), 0.0);
}

TEST(ExpectedHits, IsTheMeanOverRandomOrdersOfTies) {
  for (uint64_t seed = 0; seed < 50; ++seed) {
    const RandomRanking ranking = random_ranking(seed, 30, 5, 4);
    std::vector<double> sorted = ranking.scores;
    std::sort(sorted.rbegin(), sorted.rend());
    for (const size_t k : {1u, 5u, 10u, 30u}) {
      const double cut = sorted[k - 1];
      double above = 0, above_relevant = 0, ties = 0, ties_relevant = 0;
      for (size_t i = 0; i < ranking.scores.size(); ++i) {
        const bool is_relevant = std::count(ranking.relevant.begin(), ranking.relevant.end(),
                                            static_cast<int64_t>(i)) > 0;
        if (ranking.scores[i] > cut) ++above, above_relevant += is_relevant;
        if (ranking.scores[i] == cut) ++ties, ties_relevant += is_relevant;
      }
      const double expected =
          above_relevant + (static_cast<double>(k) - above) * ties_relevant / ties;
      EXPECT_NEAR(expected_hits_at_k(ranking.scores, ranking.relevant, static_cast<int64_t>(k)),
                  expected, 1e-12);
    }
  }
}

TEST(BestColumn, TakesTheEarlierOfEquals) {
  const std::vector<double> scores = {0.5, 0.9, 0.9, 0.95};
  EXPECT_EQ(best_column(scores, Columns{0, 1, 2}), 1);
  EXPECT_EQ(best_column(scores, Columns{0, 2, 3}), 3);
}

TEST(TopColumns, AreOrderedByScoreThenColumn) {
  const std::vector<double> scores = {0.5, 0.9, 0.9, 0.95};
  EXPECT_EQ(top_columns(scores, 3), (Columns{3, 1, 2}));
  EXPECT_EQ(top_columns(scores, 9), (Columns{3, 1, 2, 0}));
}

TEST(FrequencyBands, AreThirdsByCount) {
  const FrequencyBands bands = frequency_bands({5, 100, 40, 40, 7, 90, 1});
  EXPECT_EQ(bands.names, (std::vector<std::string>{"head", "torso", "tail"}));
  // In order of count: 100, 90, 40 | 40, 7, 5 | 1; of the two 40s the lower column comes first.
  EXPECT_EQ(bands.band_of, (Columns{1, 0, 0, 1, 1, 0, 2}));
  EXPECT_EQ(bands.least_counts, (Columns{40, 5, 1}));
}

}  // namespace
}  // namespace twinset
