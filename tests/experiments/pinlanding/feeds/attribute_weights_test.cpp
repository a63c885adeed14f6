#include "experiments/pinlanding/feeds/attribute_weights.h"

#include <gmock/gmock.h>

#include <cmath>

namespace twinset::pinlanding {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;

TEST(AttributeWeights, FollowTheirFormulas) {
  const std::vector<int64_t> counts = {10, 40, 0, 90};
  EXPECT_THAT(attribute_weights("none", 1, counts, 100), ElementsAre(1, 1, 0, 1));
  EXPECT_THAT(attribute_weights("idf", 1, counts, 100),
              ElementsAre(DoubleNear(std::log(10.0), 1e-15), DoubleNear(std::log(2.5), 1e-15), 0,
                          DoubleNear(std::log(10.0 / 9), 1e-15)));
  // The median is that of 10, 40, 90.
  EXPECT_THAT(attribute_weights("inverse_frequency", 0.5, counts, 100),
              ElementsAre(2, 1, 0, DoubleNear(2.0 / 3, 1e-15)));
}

TEST(AttributeWeights, TakeTheMeanOfTheMiddleTwo) {
  EXPECT_THAT(attribute_weights("inverse_frequency", 1, {10, 30}, 100),
              ElementsAre(2, DoubleNear(2.0 / 3, 1e-15)));
}

}  // namespace
}  // namespace twinset::pinlanding
