#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "experiments/twinset/plugins.h"
#include "framework/core/node.h"
#include "framework/distributed/communicator.h"

namespace twinset {

/// What identifies a run among its sweep's.
struct RunIdentity {
  std::string name;  ///< such as the folder's name
  std::vector<std::pair<std::string, std::string>>
      choices;  ///< {"encoder", "resnet"}, {"seed", "1"}: the table's axes
  std::vector<std::string> overrides;
};

/// Trains (or goes on training) and evaluates one run in `folder`, and writes result.json last:
/// {"name", "choices", "metrics": {"test": {...}, "val": {...}}, "train": {...}, "environment":
/// {...}, "config": {...}, "data": {split: digest}}.
/// Beside it, queries.SPLIT.json: the values of single queries (eval/statistics/query_values.h).
///
/// Distributed: all ranks call it; rank 0 reads and writes the folder and evaluates.
///
/// @return false if it was interrupted: call again to resume
bool run_experiment(const Node& config, const RunIdentity& identity, const Plugins& plugins,
                    const std::filesystem::path& folder, Communicator& ranks = single_process());

/// Judges the finished weights of a run's folder by one protocol, writes
/// queries.SPLIT.PROTOCOL.json and returns the metrics.
std::vector<std::pair<std::string, double>> judge_run(const Node& config, const Plugins& plugins,
                                                      const std::filesystem::path& folder,
                                                      const std::string& split,
                                                      const Node& protocol);

/// Evaluates the finished weights of a run's folder on a split, writes queries.SPLIT.json and
/// returns the metrics.
std::vector<std::pair<std::string, double>> evaluate_run(const Node& config, const Plugins& plugins,
                                                         const std::filesystem::path& folder,
                                                         const std::string& split);

}  // namespace twinset
