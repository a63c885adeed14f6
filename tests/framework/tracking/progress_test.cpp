#include "framework/tracking/progress.h"

#include <gtest/gtest.h>

namespace twinset {
namespace {

TEST(Progress, DurationsReadLikeAPersonWouldSayThem) {
  EXPECT_EQ(duration_text(0.4), "0 s");
  EXPECT_EQ(duration_text(59.2), "59 s");
  EXPECT_EQ(duration_text(62), "1m02s");
  EXPECT_EQ(duration_text(7500), "2h05m");
}

TEST(Progress, SaysHowFarHowFastAndEndsOnce) {
  ::testing::internal::CaptureStderr();
  {
    Progress progress("train", 200, "products", 256, /*log_seconds=*/0.0);
    progress.set_start(100);
    progress.update(150, "loss 1.0");
    progress.update(200, "loss 0.5");
    progress.finish();
  }
  const std::string text = ::testing::internal::GetCapturedStderr();
  EXPECT_NE(text.find("train  150/200 [75 %]"), std::string::npos) << text;
  EXPECT_NE(text.find("products/s  loss 1.0"), std::string::npos) << text;
  EXPECT_NE(text.find("s left"), std::string::npos) << text;
  EXPECT_EQ(text.find(" in 0 s"), text.rfind(" in 0 s")) << text;
}

}  // namespace
}  // namespace twinset
