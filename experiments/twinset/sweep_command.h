// Sweeps from the command line: begun, resumed, looked at, stopped. What the jobs do is the sweep's
// task, which its manifest keeps: {"kind": "train"} or {"kind": "program", "arguments": [...]}.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "experiments/twinset/sweep_plan.h"

namespace twinset {

using SweepTask = nlohmann::ordered_json;

/// What a job of this task does.
JobBody make_job_body(const SweepTask& task, const Plugins& plugins);

/// What a job's configuration must pass before anything runs.
CheckConfig make_check(const SweepTask& task, const Plugins& plugins);

/// Plans a sweep, puts it in the manifest of `sweep_folder` (default: a new folder below multirun),
/// runs it, and prints the summary. With --dry-run it only prints the jobs; with --detach it
/// returns once the sweep is planned, and a process of its own runs it.
/// @return exit status: 0 every job is complete, 1 some failed, 130 interrupted
int run_sweep_command(const CommandLine& line, const std::vector<std::string>& overrides,
                      const std::optional<std::string>& sweep_folder, const SweepTask& task,
                      const Plugins& plugins);

/// Goes on with the sweep in `line.resume`, from its manifest: says what was found there, and runs
/// what is not complete. The overrides may change launcher and sweep settings only.
int resume_sweep_command(const CommandLine& line, const Plugins& plugins);

}  // namespace twinset
