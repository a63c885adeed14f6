#include "framework/negatives/draw_distinct.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace twinset {
namespace {

TEST(DrawDistinct, EverySetIsEquallyLikely) {
  std::map<std::vector<int64_t>, int> counts;
  CounterRandom random({.seed = 9, .purpose = "test"});
  const int draws = 20000;
  for (int n = 0; n < draws; ++n) ++counts[draw_distinct(3, 6, random)];
  ASSERT_EQ(counts.size(), 20u) << "6 over 3";
  double chi_square = 0;
  for (const auto& [set, count] : counts) {
    EXPECT_EQ(std::set<int64_t>(set.begin(), set.end()).size(), 3u);
    EXPECT_TRUE(std::is_sorted(set.begin(), set.end()));
    chi_square += (count - draws / 20.0) * (count - draws / 20.0) / (draws / 20.0);
  }
  // 19 degrees of freedom: above 60 with probability 4e-6.
  EXPECT_LT(chi_square, 60.0);
}

TEST(DrawDistinct, TakesAllWhereThereAreNoMore) {
  CounterRandom random({.seed = 9, .purpose = "test"});
  EXPECT_EQ(draw_distinct(9, 4, random), (std::vector<int64_t>{0, 1, 2, 3}));
  EXPECT_EQ(draw_distinct(3, 3, random), (std::vector<int64_t>{0, 1, 2}));
  EXPECT_TRUE(draw_distinct(0, 3, random).empty());
  EXPECT_TRUE(draw_distinct(2, 0, random).empty());
}

}  // namespace
}  // namespace twinset
