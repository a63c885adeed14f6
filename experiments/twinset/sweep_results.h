#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "eval/baselines/baselines.h"
#include "eval/run_result.h"
#include "experiments/twinset/plugins.h"
#include "framework/core/node.h"

namespace twinset {

/// The runs of a sweep's folder, in the order of its manifest; failed jobs come with their error. A
/// folder that is a run itself gives that run. @throws ConfigError if there is no finished run
std::vector<RunResult> read_sweep(const std::filesystem::path& folder);

/// The configuration that a finished run saved.
Node read_run_config(const std::filesystem::path& run_folder);

/// The trivial baselines on a split of a run's data, judged like the run.
std::vector<BaselineResult> baselines_of(const Node& config, const Plugins& plugins,
                                         const std::string& split);

/// What to make of a sweep.
struct ResultsRequest {
  std::filesystem::path sweep;
  std::filesystem::path table_config;  ///< configs/table/NAME.yaml
  std::filesystem::path out;
  std::optional<std::filesystem::path>
      reference;        ///< rows from elsewhere (eval/baselines/baseline_file.h)
  std::string command;  ///< what made the runs, for the provenance
  std::string title;
  std::string question;
  std::vector<std::string> findings;  ///< sentences under the report's table
};

/// Writes table.{md,tex,csv,html} and provenance.json to `out` and prints the table.
void write_tables(const ResultsRequest& request, const Plugins& plugins);

/// The same, then figures/ (eval/figures/figure.h; where gnuplot is installed) and report.html,
/// whose path is returned.
std::filesystem::path write_results(const ResultsRequest& request, const Plugins& plugins);

}  // namespace twinset
