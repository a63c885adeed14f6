#pragma once

#include <string>
#include <vector>

#include "eval/ranking/judged_ranking.h"
#include "eval/ranking/trec_file.h"
#include "eval/statistics/query_values.h"
#include "framework/core/options.h"

namespace twinset {

struct ScoreRunOptions {
  std::string ties = "trec_eval";
  std::string missing = "zero";
  int num_threads = 0;

  template <class V>
  void visit(V&& v) {
    v("ties", ties,
      Field{.help = "order of equal scores: trec_eval (compared as float32, by document id, "
                    "descending) or as_listed (the earlier line)",
            .choices = {"trec_eval", "as_listed"}});
    v("missing", missing,
      Field{.help = "judged queries that the run lacks: zero (they count 0) or skip (as trec_eval "
                    "without -c)",
            .choices = {"zero", "skip"}});
    v("num_threads", num_threads, Field{.help = "0 for one a core", .min = 0, .max = 1024});
  }
};

/// Every metric's value of every judged query, in the order of the judgments; queries of the run
/// that nobody judged are left out.
///
/// @param metrics  names as parse_ranking_metric reads them; each result carries its name
/// @throws DataError if a document occurs twice for a query, in run or judgments, or no judged
/// query is in the run;
///         ConfigError for an unknown metric.
std::vector<QueryValues> score_run(const TrecTable& run, const TrecTable& judgments,
                                   const std::vector<std::string>& metrics,
                                   const ScoreRunOptions& options = {});

}  // namespace twinset
