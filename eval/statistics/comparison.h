// Two systems on the same queries: how far apart, how sure, and what to say of it.
#pragma once

#include <string>
#include <vector>

#include "eval/statistics/paired_tests.h"
#include "eval/statistics/query_values.h"
#include "eval/statistics/summary.h"

namespace twinset {

struct ComparisonOptions {
  double level = 0.05;  ///< an adjusted p value below it counts as a difference
  std::string test = "permutation";
  PermutationOptions permutation;
  BootstrapOptions bootstrap;
};

struct Comparison {
  std::string metric;
  std::string first, second;  ///< names of the systems
  int64_t num_queries = 0;    ///< that both have
  double first_mean = 0.0, second_mean = 0.0;
  double difference = 0.0;  ///< second - first, mean over the queries
  Interval interval;        ///< of the difference, by the bootstrap
  double p_value = 1.0;
  double adjusted_p_value = 1.0;  ///< Holm's, over all comparisons that were made together
  double effect_size = 0.0;       ///< Cohen's d_z
  double share_better =
      0.0;  ///< of the queries where the second is better; where both are equal, half of it
  bool is_different = false;  ///< adjusted p value below the level
};

/// A system's values of some metrics.
struct ScoredSystem {
  std::string name;
  std::vector<QueryValues> metrics;
};

/// Compares each system with the first one, on each metric that both have, over the queries that
/// both have.
///
/// @param options.test  "permutation" or "t"
/// @throws DataError if two systems share no metric, or a metric's queries nowhere; ConfigError for
/// another test
std::vector<Comparison> compare_with_first(const std::vector<ScoredSystem>& systems,
                                           const ComparisonOptions& options = {});

/// A sentence: "map: b is higher than a by 0.0210 [0.0130, 0.0290], p = 0.0004 (Holm), d = 0.31,
/// 772 queries", or "map: no difference found between a and b: ...".
std::string describe(const Comparison& comparison);

}  // namespace twinset
