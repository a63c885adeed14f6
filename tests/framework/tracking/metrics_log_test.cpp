#include "framework/tracking/metrics_log.h"

#include <gtest/gtest.h>

#include <cmath>

#include "framework/core/atomic_file.h"
#include "tests/testing/temporary_folder.h"

namespace twinset {
namespace {

TEST(MetricsLog, WritesOneJsonLineAStep) {
  const testing::TemporaryFolder folder;
  const auto file = folder.path() / "metrics.jsonl";
  MetricsLog log(file, 0);
  log.write(10, {{"loss", 1.5}, {"accuracy", std::nan("")}});
  EXPECT_EQ(read_file(file), "{\"step\":10,\"loss\":1.5,\"accuracy\":null}\n");
}

TEST(MetricsLog, AResumedRunDropsLaterAndBrokenLines) {
  const testing::TemporaryFolder folder;
  const auto file = folder.path() / "metrics.jsonl";
  write_file(file, "{\"step\":10,\"loss\":1.0}\n{\"step\":20,\"loss\":2.0}\n{\"step\":30,\"lo");
  MetricsLog log(file, 10);
  log.write(20, {{"loss", 3.0}});
  EXPECT_EQ(read_file(file), "{\"step\":10,\"loss\":1.0}\n{\"step\":20,\"loss\":3.0}\n");
}

}  // namespace
}  // namespace twinset
