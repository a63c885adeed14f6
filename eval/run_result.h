// What a finished (or failed) run leaves for tables and reports: the file result.json in its
// folder.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "eval/metrics.h"

namespace twinset {

/// One run.
///
/// result.json: {"name": "...", "choices": {"loss": "sup_con", "seed": 1}, "metrics": {"test":
/// {"product_to_attribute.map": 0.87}},
///               "train": {"seconds": 240.5, "samples_per_second": 610}, "failure": "out of
///                 memory"} where "train" and "failure" may be absent.
struct RunResult {
  std::filesystem::path folder;
  std::string name;
  std::vector<std::pair<std::string, std::string>>
      choices;  ///< what tells it from other runs, "seed" among them
  std::vector<std::pair<std::string, Metrics>> splits;  ///< metrics by split
  Metrics train;        ///< seconds, samples_per_second, peak_rss_mib, parameters, ...
  std::string failure;  ///< why it has no metrics; empty: it finished

  /// The choice's value, or "".
  std::string choice(const std::string& key) const;
  /// A metric of a split, or one of training under "train.NAME"; null if there is none.
  const double* find(const std::string& split, const std::string& metric) const;
  /// Every name that `find` knows.
  std::vector<std::string> metric_names(const std::string& split) const;
};

/// Writes result.json to `run.folder`, atomically.
void write_run_result(const RunResult& run);

/// Reads result.json. Numbers that are null count as absent.
/// @throws DataError if the file is missing (what to do), no JSON, or of another shape (which
/// member).
RunResult read_run_result(const std::filesystem::path& folder);

/// All of them, in the given order. @throws ConfigError if there is none, and as above.
std::vector<RunResult> read_run_results(const std::vector<std::filesystem::path>& folders);

}  // namespace twinset
