#include "framework/optim/weight_average.h"

#include <ATen/ops/full.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace twinset {
namespace {

TEST(WeightAverage, FollowsTheRampedRecurrence) {
  const at::Tensor weight = at::full({1}, 1.0, at::TensorOptions().dtype(at::kDouble));
  WeightAverage average({.decay = 0.5}, {{"w", weight}});
  double expected = 1.0;
  for (int step = 1; step <= 20; ++step) {
    weight.fill_(static_cast<double>(step));
    average.update(step);
    const double decay = std::min(0.5, (1.0 + step) / (10.0 + step));
    expected = decay * expected + (1 - decay) * step;
  }
  EXPECT_NEAR(average.state()[0].second.item<double>(), expected, 1e-12);
  EXPECT_EQ(average.state()[0].first, "average.w");
}

TEST(WeightAverage, SwapTwiceIsAsBefore) {
  const at::Tensor weight = at::full({1}, 1.0);
  WeightAverage average({.decay = 0.5}, {{"w", weight}});
  weight.fill_(9.0);
  average.swap();
  EXPECT_EQ(weight.item<float>(), 1.0f);
  average.swap();
  EXPECT_EQ(weight.item<float>(), 9.0f);
}

TEST(WeightAverage, DisabledItTouchesNothing) {
  const at::Tensor weight = at::full({1}, 1.0);
  WeightAverage average({.decay = 0.0}, {{"w", weight}});
  weight.fill_(9.0);
  average.update(1);
  average.swap();
  EXPECT_EQ(weight.item<float>(), 9.0f);
  EXPECT_TRUE(average.state().empty());
}

}  // namespace
}  // namespace twinset
