#pragma once

#include <filesystem>

#include "eval/evaluate.h"
#include "eval/metrics.h"
#include "eval/statistics/query_values.h"
#include "experiments/twinset/run_model.h"

namespace twinset {

/// A split's products as embeddings; broken samples are left out.
struct EmbeddedSplit {
  at::Tensor embeddings;         ///< [N, D] float32 on the CPU
  std::vector<int64_t> samples;  ///< [N] positions in the data set
  SparsePairs labels;            ///< [N, V]
  double seconds = 0;
};

/// Embeds a split in evaluation mode. With options.evaluation.mirror each image and its mirror
/// image: the direction of the mean of both.
EmbeddedSplit embed_split(const RunOptions& options, const RunData& data, RunModel& model,
                          const std::string& split);

/// Embeds texts with the attribute tower: [texts, D] float32 on the CPU.
at::Tensor embed_phrases(const RunOptions& options, const RunData& data, RunModel& model,
                         const std::vector<std::string>& phrases);

/// The protocol `attributes` on one split, as protocol_options says.
/// @param folder   where embeddings are exported to, if the options ask for it; empty: nowhere
/// @param queries null, or where the values of single queries are put, with the ids of products,
/// phrases or tuples
Metrics evaluate_split(const RunOptions& options, const RunData& data, RunModel& model,
                       const std::string& split, const std::filesystem::path& folder,
                       std::vector<QueryValues>* queries = nullptr);

/// What evaluate() is told about protocols by a run's options.
EvaluationOptions protocol_options(const RunOptions& options);

}  // namespace twinset
