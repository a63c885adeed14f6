#include <fmt/format.h>

#include <cstdio>

#include "experiments/twinset/commands/commands.h"
#include "experiments/twinset/jobs.h"
#include "experiments/twinset/sweep_results.h"

namespace twinset {

int baselines_command(const CommandLine& line, const Plugins& plugins) {
  std::vector<std::string> overrides = line.overrides;
  const std::string split = take_override(overrides, "split").value_or("test");
  for (const BaselineResult& baseline :
       baselines_of(compose_config(line, overrides), plugins, split)) {
    std::puts(baseline.name.c_str());
    for (const auto& [name, value] : baseline.metrics)
      std::puts(fmt::format("  {:<64} {:.6f}", name, value).c_str());
  }
  return 0;
}

}  // namespace twinset
