#include "framework/kernels/ordered_sum.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <random>
#include <thread>
#include <vector>

namespace twinset {
namespace {

constexpr int64_t kParts = 40, kSize = 100, kCount = 77;

// Of very different sizes: every other order of addition has another sum.
std::vector<std::vector<float>> some_parts() {
  std::mt19937 random(1);
  std::vector<std::vector<float>> parts(kParts, std::vector<float>(kSize));
  for (auto& part : parts)
    for (float& x : part)
      x = std::ldexp(static_cast<float>(random()) / 4e9f - 0.5f, static_cast<int>(random() % 30));
  return parts;
}

std::vector<float> added_in_order(const std::vector<std::vector<float>>& parts) {
  std::vector<float> sum = parts[0];
  for (int64_t p = 1; p < kParts; ++p)
    for (int64_t i = 0; i < kCount; ++i)
      sum[static_cast<size_t>(i)] += parts[static_cast<size_t>(p)][static_cast<size_t>(i)];
  return sum;
}

void give(OrderedSum& sum, int64_t part, const std::vector<float>& values) {
  float* room = sum.begin_part(part);
  std::copy(values.begin(), values.end(), room);
  sum.end_part(part, room);
}

TEST(OrderedSum, HasTheBitsOfTheLoopWhateverTheOrder) {
  const auto parts = some_parts();
  const std::vector<float> expected = added_in_order(parts);
  OrderedSum sum(kParts, kSize);
  std::vector<int64_t> order(kParts);
  for (int64_t p = 0; p < kParts; ++p) order[static_cast<size_t>(p)] = p;
  std::mt19937 random(2);
  for (int trial = 0; trial < 50; ++trial) {  // the first in order, then shuffled
    std::vector<float> actual(kSize, -1.0f);
    sum.begin(actual.data(), kCount);
    for (int64_t part : order) give(sum, part, parts[static_cast<size_t>(part)]);
    EXPECT_EQ(actual, expected) << trial;
    std::shuffle(order.begin(), order.end(), random);
  }
}

TEST(OrderedSum, HasTheBitsOfTheLoopWithThreads) {
  const auto parts = some_parts();
  const std::vector<float> expected = added_in_order(parts);
  OrderedSum sum(kParts, kSize);
  for (int trial = 0; trial < 200; ++trial) {
    std::vector<float> actual(kSize, -1.0f);
    sum.begin(actual.data(), kCount);
    std::atomic<int64_t> next = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&] {
        for (int64_t part = next++; part < kParts; part = next++)
          give(sum, part, parts[static_cast<size_t>(part)]);
      });
    for (auto& thread : threads) thread.join();
    ASSERT_EQ(actual, expected) << trial;
  }
}

}  // namespace
}  // namespace twinset
