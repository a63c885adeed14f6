#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "experiments/twinset/commands/commands.h"
#include "experiments/twinset/gradient_check.h"
#include "experiments/twinset/jobs.h"
#include "experiments/twinset/run_ranks.h"
#include "framework/config/yaml.h"
#include "framework/core/error.h"
#include "framework/distributed/process_launcher.h"

namespace twinset {
namespace {

constexpr double kTolerance = 1e-10;

// This very command again, as ranks.
int start_ranks(const CommandLine& line, int64_t ranks) {
  LaunchRequest request{.ranks = ranks,
                        .command = {"/proc/self/exe", "check-gradients"},
                        .on_start = {},
                        .on_line = {}};
  if (line.config_dir)
    request.command.insert(request.command.end(), {"--config-path", line.config_dir->string()});
  if (line.added_config_dir)
    request.command.insert(request.command.end(),
                           {"--config-dir", line.added_config_dir->string()});
  request.command.insert(request.command.end(), {"--config-name", line.config_name, "--log-level",
                                                 line.log_level.empty() ? "info" : line.log_level});
  request.command.insert(request.command.end(), line.overrides.begin(), line.overrides.end());
  request.on_line = [](int64_t rank, bool is_error, const std::string& text) {
    if (rank > 0 && !is_error) return;
    std::fputs((text + "\n").c_str(), is_error ? stderr : stdout);
  };
  return launch_ranks(request);
}

}  // namespace

int check_gradients_command(const CommandLine& line, const Plugins& plugins) {
  std::vector<std::string> overrides = line.overrides;
  const int64_t ranks = whole_number("ranks", take_override(overrides, "ranks").value_or("2"), 1);
  const int64_t steps = whole_number("steps", take_override(overrides, "steps").value_or("2"), 1);
  const bool evaluation_mode =
      take_override(overrides, "evaluation_mode").value_or("false") == "true";
  const LaunchEnvironment environment = read_launch_environment();
  const RunOptions options = read_options<RunOptions>(compose_config(line, overrides), "");
  if (!environment.is_distributed() && ranks > 1) return start_ranks(line, ranks);
  bool is_equal = true;
  run_on_ranks(options, [&](Communicator& communicator) {
    const GradientCheckResult result = check_gradients(
        options, plugins, {.steps = steps, .evaluation_mode = evaluation_mode}, communicator);
    if (!communicator.is_main()) return;
    std::fputs(gradient_check_text(result, kTolerance).c_str(), stdout);
    is_equal =
        std::all_of(result.differences.begin(), result.differences.end(),
                    [](const auto& difference) { return difference.relative <= kTolerance; });
  });
  return is_equal ? 0 : 1;
}

}  // namespace twinset
