#include "framework/core/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace twinset {
namespace {

using Words = std::array<uint32_t, 4>;

// Known answers of Random123 1.14 (kat_vectors, philox4x32 with 10 rounds).
TEST(Philox, GivesTheKnownAnswers) {
  EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}), (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  const uint32_t ones = 0xffffffff;
  EXPECT_EQ(philox({ones, ones, ones, ones}, {ones, ones}),
            (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(CounterRandom, IsAFunctionOfItsKey) {
  const RandomKey key{.seed = 1, .epoch = 2, .sample = 3, .purpose = "crop"};
  CounterRandom a(key), b(key);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(a(), b());
}

TEST(CounterRandom, EveryPartOfTheKeyGivesAnotherStream) {
  const RandomKey base{.seed = 1, .epoch = 2, .sample = 3, .purpose = "crop"};
  std::vector<RandomKey> keys(6, base);
  keys[1].seed = 1 + (uint64_t{1} << 32);
  keys[2].epoch = 3;
  keys[3].sample = 4;
  keys[4].sample = 3 + (uint64_t{1} << 32);
  keys[5].purpose = "flip";
  std::set<std::vector<uint32_t>> streams;
  for (const RandomKey& key : keys) {
    CounterRandom random(key);
    std::vector<uint32_t> words(8);
    for (uint32_t& word : words) word = random();
    streams.insert(words);
  }
  EXPECT_EQ(streams.size(), keys.size());
}

TEST(CounterRandom, UniformFillsItsBinsEvenly) {
  constexpr int kBins = 100, kDraws = 100000;
  std::vector<int> counts(kBins);
  CounterRandom random({.seed = 5, .purpose = "test"});
  for (int i = 0; i < kDraws; ++i) {
    const double value = random.uniform();
    ASSERT_GE(value, 0.0);
    ASSERT_LT(value, 1.0);
    ++counts[static_cast<size_t>(value * kBins)];
  }
  double chi_square = 0;
  for (const int count : counts)
    chi_square += std::pow(count - kDraws / kBins, 2) / (kDraws / kBins);
  // 99 degrees of freedom: mean 99, deviation 14.1; five deviations either way.
  EXPECT_GT(chi_square, 99 - 70);
  EXPECT_LT(chi_square, 99 + 70);
}

TEST(CounterRandom, NeighbouringSamplesAreUncorrelated) {
  constexpr int kSamples = 20000;
  double sum = 0, previous = 0;
  for (int i = 0; i < kSamples; ++i) {
    const double value =
        CounterRandom({.seed = 9, .sample = static_cast<uint64_t>(i), .purpose = "x"}).uniform() -
        0.5;
    sum += value * previous;
    previous = value;
  }
  // The product of two independent uniforms has deviation 1/12.
  EXPECT_LT(std::fabs(sum / kSamples), 5.0 / 12 / std::sqrt(kSamples));
}

TEST(CounterRandom, NormalHasUnitMoments) {
  constexpr int kDraws = 100000;
  double sum = 0, squares = 0;
  CounterRandom random({.seed = 3, .purpose = "normal"});
  for (int i = 0; i < kDraws; ++i) {
    const double value = random.normal();
    sum += value;
    squares += value * value;
  }
  EXPECT_NEAR(sum / kDraws, 0, 5 / std::sqrt(kDraws));
  EXPECT_NEAR(squares / kDraws, 1, 5 * std::sqrt(2.0 / kDraws));
}

TEST(CounterRandom, BelowStaysBelowAndReachesAll) {
  std::vector<int> counts(7);
  CounterRandom random({.seed = 4, .purpose = "below"});
  for (int i = 0; i < 70000; ++i) ++counts.at(random.below(7));
  for (const int count : counts) EXPECT_NEAR(count, 10000, 500);
}

TEST(RandomPermutation, HoldsEveryIndexOnceInAnOrderOfTheKey) {
  const auto order = random_permutation(1000, CounterRandom({.seed = 1, .purpose = "order"}));
  EXPECT_EQ(order, random_permutation(1000, CounterRandom({.seed = 1, .purpose = "order"})));
  EXPECT_NE(order, random_permutation(1000, CounterRandom({.seed = 2, .purpose = "order"})));
  auto sorted = order;
  std::sort(sorted.begin(), sorted.end());
  for (int64_t i = 0; i < 1000; ++i) EXPECT_EQ(sorted[static_cast<size_t>(i)], i);
  EXPECT_TRUE(random_permutation(0, CounterRandom({})).empty());
}

TEST(RandomPermutation, EveryOrderOfThreeIsEquallyLikely) {
  std::map<std::vector<int64_t>, int> counts;
  for (uint64_t seed = 0; seed < 6000; ++seed)
    ++counts[random_permutation(3, CounterRandom({.seed = seed, .purpose = "p"}))];
  EXPECT_EQ(counts.size(), 6u);
  for (const auto& [order, count] : counts) EXPECT_NEAR(count, 1000, 150);
}

}  // namespace
}  // namespace twinset
