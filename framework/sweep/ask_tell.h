#pragma once

#include "framework/sweep/search.h"

namespace twinset {

/// Options of `ask_tell`.
struct AskTellOptions {
  int64_t num_jobs = 20;
  std::string metric;
  std::string direction = "maximize";
  std::vector<std::string> command;

  template <class V>
  void visit(V&& v) {
    v("num_jobs", num_jobs,
      Field{.help = "jobs to ask for; the program may end earlier", .unit = "jobs", .min = 1});
    v("metric", metric,
      Field{.help = "what to tell of a job: a dotted path in its result.json, below 'metrics' if "
                    "it has that"});
    v("direction", direction,
      Field{.help = "whether a larger or a smaller metric is better",
            .choices = {"maximize", "minimize"}});
    v("command", command,
      Field{.help = "the program that answers, such as [python3, scripts/optuna_search.py]; the "
                    "folder of the two files is put "
                    "behind it. Empty: start it yourself"});
  }
};

/// Lets another program pick the jobs, through two files in <sweep folder>/search that only grow.
/// Each line is a JSON object.
///
/// requests.jsonl, by twinset:
///   {"protocol": 1, "metric": ..., "direction": ...,
///    "axes": [{"keys": ["schedule.lr"], "low": 1e-4, "high": 0.1, "whole": false, "log": true},
///             {"keys": ["loss"], "points": [["loss=info_nce"], ["loss=sup_con"]]}]}
///   {"ask": 0}
///   {"tell": 0, "state": "complete", "value": 0.71, "overrides": [...]}
///   {"end": true}
/// The value of a failed job is null; after "end" nothing is asked until twinset starts again.
/// answers.jsonl, by the program:
///   {"job": 0, "overrides": ["schedule.lr=0.003", "loss=sup_con"]}
///   {"done": true}
///
/// Both sides can be killed and started again: each reads both files from the beginning. A line
/// counts once its end is written.
/// @throws ConfigError without a metric, or for a metric that no result has; DataError for an
/// answer that is none; SystemError if the program ends before it is done
std::unique_ptr<Search> make_ask_tell(const AskTellOptions& options, const SearchContext& context);

/// The number at a dotted path; keys may hold dots themselves. nullopt if there is none.
std::optional<double> find_metric(const nlohmann::ordered_json& result, const std::string& path);

}  // namespace twinset
