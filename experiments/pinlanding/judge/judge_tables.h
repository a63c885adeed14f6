// The tables of the judge, with what the paper reports beside.
#pragma once

#include <string>
#include <vector>

#include "eval/judged/judged_precision.h"
#include "eval/run_result.h"
#include "eval/table.h"
#include "experiments/pinlanding/judge/topic_coverage.h"

namespace twinset::pinlanding {

/// One system's topics.
struct TopicCounts {
  std::string name;
  int64_t num_collections = 0;
  int64_t num_topics = 0;  ///< distinct sets of attributes
  int64_t num_at_precision =
      0;  ///< of them, in the longest run of first collections as precise as the baseline
  DemandCoverage coverage;
};

/// judged_table with rows for the numbers of PinLanding's paper: 0.96 against 0.84 overall, 1.00
/// for style and brand. Source: arXiv:2503.00619, abstract; judged by people on the paper's own
/// data.
Table precision_table(const std::vector<JudgedSystem>& systems, const AttributeFamilies& families,
                      size_t k);

/// A row a system, with its topics in multiples of the last one's, the baseline; then the paper's
/// ratio.
Table topics_table(const std::vector<TopicCounts>& systems);

/// The training run's numbers of product to attribute, beside the paper's Recall@10.
/// @param run  judged on `split`. @throws ConfigError if it has no such number
Table recall_table(const RunResult& run, const std::string& split);

}  // namespace twinset::pinlanding
