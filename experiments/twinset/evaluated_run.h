#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "eval/protocol.h"
#include "eval/scores.h"
#include "experiments/twinset/run_evaluation.h"

namespace twinset {

/// A finished run with what it makes of one split: what figures, examples and collections are drawn
/// from.
struct EvaluatedRun {
  RunOptions options;
  RunData data;
  RunModel model;
  EmbeddedSplit embedded;
  std::unique_ptr<ScoreSource> scores;  ///< cosines [N, V]

  EvaluationTruth truth() const { return {embedded.labels, data.vocabulary}; }
};

/// Loads the run in `folder` and embeds the split and the vocabulary. @throws DataError if the
/// folder holds no finished run
EvaluatedRun evaluate_products(const std::filesystem::path& folder, const Plugins& plugins,
                               const std::string& split);

}  // namespace twinset
