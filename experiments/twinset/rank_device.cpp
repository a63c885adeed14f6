#include "experiments/twinset/rank_device.h"

#include <fmt/format.h>

#include "framework/core/error.h"
#include "framework/distributed/launch_environment.h"

namespace twinset {

std::string rank_device(const std::string& device) {
  const LaunchEnvironment environment = read_launch_environment();
  if (!environment.is_distributed() || device == "cpu") return device;
  if (device == "cuda") return fmt::format("cuda:{}", environment.local_rank);
  throw ConfigError({.where = "trainer.device",
                     .what = fmt::format("is '{}' for {} ranks", device, environment.world_size),
                     .expected = "cpu, or cuda: each rank then takes the GPU of its own"});
}

}  // namespace twinset
