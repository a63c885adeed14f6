#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "experiments/twinset/command_line.h"
#include "experiments/twinset/run.h"
#include "framework/core/node.h"

namespace twinset {

/// One composed job of `twinset train`.
struct Job {
  std::vector<std::string> overrides;
  Node config;  ///< composed, resolved
  RunIdentity identity;
};

/// Composes one configuration. @throws ConfigError
Node compose_config(const CommandLine& line, const std::vector<std::string>& overrides);

/// Expands the sweeps of the overrides and composes every job, before the first one runs: a mistake in any of them is told
/// at once. A job's choices are the overrides that differ between jobs, and the seed.
std::vector<Job> plan_jobs(const CommandLine& line, const std::vector<std::string>& overrides);

/// Makes a new folder for a run, such as outputs/2026-03-01/12-00-00; two runs never share one.
std::filesystem::path make_output_folder(const std::string& root);

}  // namespace twinset
