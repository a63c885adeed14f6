#include "framework/optim/schedule.h"

#include <gtest/gtest.h>

#include <cmath>

namespace twinset {
namespace {

TEST(Cosine, RisesLinearlyThenFallsToItsEnd) {
  const auto schedule = make_cosine({.lr = 2.0, .warmup_steps = 4, .final_share = 0.1}, 100);
  const auto expected = [](int step) {
    const double cosine = 0.5 * (1 + std::cos(M_PI * step / 100));
    return 2.0 * std::min(1.0, (step + 1) / 4.0) * (0.1 + 0.9 * cosine);
  };
  for (int step : {0, 1, 3, 4, 50, 99})
    EXPECT_NEAR(schedule->lr(step), expected(step), 1e-14) << step;
  EXPECT_DOUBLE_EQ(schedule->lr(100), 0.2);
  EXPECT_DOUBLE_EQ(schedule->lr(1000), 0.2);
}

TEST(Constant, StaysAfterWarmup) {
  const auto schedule = make_constant({.lr = 3.0, .warmup_steps = 2}, 10);
  EXPECT_DOUBLE_EQ(schedule->lr(0), 1.5);
  EXPECT_DOUBLE_EQ(schedule->lr(1), 3.0);
  EXPECT_DOUBLE_EQ(schedule->lr(9), 3.0);
}

TEST(Schedules, RefuseALearningRateThatIsNotPositive) {
  ScheduleRegistry registry("schedule");
  register_builtin_schedules(registry);
  Node node = Node::map();
  node.set("name", "cosine");
  node.set("lr", -0.1);
  try {
    registry.create(node, 10);
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_STREQ(error.what(), "schedule.lr: is -0.1, expected > 0");
  }
}

}  // namespace
}  // namespace twinset
