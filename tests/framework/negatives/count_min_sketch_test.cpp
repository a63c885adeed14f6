#include "framework/negatives/count_min_sketch.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "framework/core/random.h"

namespace twinset {
namespace {

TEST(CountMinSketch, IsNeverUnderAndTheBoundHolds) {
  const int64_t width = 200, depth = 4;
  CountMinSketch sketch(width, depth);
  std::map<int64_t, int64_t> exact;
  CounterRandom random({.seed = 3, .purpose = "test"});
  int64_t total = 0;
  for (int n = 0; n < 20000; ++n) {
    // A long tail: key k about as often as 1 / k; keys far apart.
    const auto key = static_cast<int64_t>(std::pow(2000.0, random.uniform())) * 1'000'003'000'017;
    sketch.add(key, 1 + n % 3);
    exact[key] += 1 + n % 3;
    total += 1 + n % 3;
  }
  ASSERT_GT(exact.size(), 1000u) << "more keys than counters in a row";
  const double bound = std::exp(1.0) * static_cast<double>(total) / static_cast<double>(width);
  int64_t num_over = 0, num_exact = 0;
  for (const auto& [key, count] : exact) {
    EXPECT_GE(sketch.estimate(key), count);
    num_over += static_cast<double>(sketch.estimate(key) - count) > bound;
    num_exact += sketch.estimate(key) == count;
  }
  // At most a share of exp(-4) = 1.8 % in expectation.
  EXPECT_LE(num_over, static_cast<int64_t>(0.03 * static_cast<double>(exact.size())));
  EXPECT_LT(num_exact, static_cast<int64_t>(exact.size())) << "keys collide in so small a sketch";
}

TEST(CountMinSketch, IsExactWhileNothingCollides) {
  CountMinSketch sketch(1 << 16, 4);
  for (int64_t key = 0; key < 50; ++key) sketch.add(key, key);
  for (int64_t key = 0; key < 50; ++key) EXPECT_EQ(sketch.estimate(key), key);
  EXPECT_EQ(sketch.estimate(1234), 0);
}

TEST(CountMinSketch, ItsCountersAreAllItsState) {
  CountMinSketch first(64, 3), second(64, 3);
  for (int64_t key = 0; key < 500; ++key) first.add(key * 7);
  second.counters().copy_(first.counters());
  for (int64_t key = 0; key < 100; ++key) EXPECT_EQ(first.estimate(key), second.estimate(key));
}

}  // namespace
}  // namespace twinset
