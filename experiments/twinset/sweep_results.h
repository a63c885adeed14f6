#pragma once

#include <filesystem>
#include <vector>

#include "eval/baselines/baselines.h"
#include "eval/run_result.h"
#include "experiments/twinset/plugins.h"
#include "framework/core/node.h"

namespace twinset {

/// The runs of a sweep's folder, in the order of its manifest; failed jobs come with their error. A folder that is a run
/// itself gives that run. @throws ConfigError if there is no finished run
std::vector<RunResult> read_sweep(const std::filesystem::path& folder);

/// The configuration that a finished run saved.
Node read_run_config(const std::filesystem::path& run_folder);

/// The trivial baselines on a split of a run's data, judged like the run.
std::vector<BaselineResult> baselines_of(const Node& config, const Plugins& plugins, const std::string& split);

/// Writes the table of a sweep (Markdown, LaTeX, CSV), prints it, and writes the report. Returns the report's path.
std::filesystem::path write_results(const std::filesystem::path& sweep, const std::filesystem::path& table_config,
                                    const std::filesystem::path& out, const std::string& command, const Plugins& plugins);

}  // namespace twinset
