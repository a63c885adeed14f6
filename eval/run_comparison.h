// Two runs side by side: what was configured differently, and what came of it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "eval/config_differences.h"
#include "eval/run_result.h"

namespace twinset {

/// A number that both runs have.
struct MetricDifference {
  std::string metric;  ///< "product_to_attribute.map", "train.seconds"
  double first = 0, second = 0;
  std::optional<double> p_value;  ///< paired permutation test over queries, after Holm over all of
                                  ///< them, where both runs kept the values of single queries
};

struct RunComparison {
  RunResult first, second;
  std::string split;
  std::vector<ConfigDifference> configs;
  std::vector<MetricDifference> metrics;             ///< in the order of the first run
  std::vector<std::string> only_first, only_second;  ///< metrics that one of them lacks
};

/// @param configs  the whole configuration of both
/// @throws DataError if a run failed, or they share no metric of the split
RunComparison compare_runs(const RunResult& first, const RunResult& second,
                           const std::vector<Node>& configs, const std::string& split);

/// As text for a terminal: pipe tables.
std::string to_markdown(const RunComparison& comparison);

/// A self-contained page with the training curves of both.
std::string comparison_html(const RunComparison& comparison);

}  // namespace twinset
