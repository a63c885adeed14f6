#pragma once

#include <string>
#include <vector>

#include "experiments/twinset/command_line.h"
#include "experiments/twinset/run.h"
#include "framework/config/compose.h"
#include "framework/core/node.h"

namespace twinset {

/// One composed job of `twinset train`.
struct Job {
  std::vector<std::string> overrides;
  Node config;  ///< composed, resolved
  RunIdentity identity;
  Node tree;  ///< the composition with its run's settings ("hydra"), unresolved
};

/// The run's settings of a command line, that of a sweep too: what its single-valued overrides and
/// the configs say.
Composition compose_settings(const CommandLine& line);

/// Composes one configuration. @throws ConfigError
Node compose_config(const CommandLine& line, const std::vector<std::string>& overrides);

/// Composes every job of a sweep from its overrides, before the first one runs: a mistake in any of
/// them is told at once. A job's choices are the overrides that differ between jobs, and the seed;
/// its name is made of them, and no two are the same.
std::vector<Job> plan_jobs(const CommandLine& line,
                           const std::vector<std::vector<std::string>>& overrides);

/// Reads every option of a run, those of its plug-ins by their names, so that a mistake is told
/// before anything runs.
void check_run_config(const Node& config, const Plugins& plugins);

/// Runs one job in its folder, or goes on with it, with the ranks that the environment tells of.
/// False: it was interrupted. Both in commands/train.cpp.
bool run_in_folder(const Job& job, const Plugins& plugins, const std::filesystem::path& folder);

}  // namespace twinset
