#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "experiments/twinset/run_data.h"
#include "framework/negatives/candidates.h"

namespace twinset {

/// Adds what a teacher knows of a step's queries (positions in the training split) and of its
/// candidates' documents.
using CompleteCandidates =
    std::function<void(const std::vector<int64_t>& samples, Candidates& candidates)>;

/// What `options` name, read at once, as a callback for TrainerParts; empty if they name nothing.
///
/// `embeddings`: a folder with train.ids.txt and train.npy (float32, a row an id) and, for losses
/// that compare documents too, vocab.txt and attr.npy, as `evaluation.export_embeddings` writes
/// them. Rows are scaled to length 1.
/// `positive_weights`: a file of lines "product id<TAB>phrase<TAB>weight"; positive pairs without a
/// line get `default_weight`, lines of products, phrases or pairs that the run does not have are
/// counted in the log.
///
/// @param device  where the embeddings are kept
/// @throws DataError  if a training product or a phrase has no embedding, or a line is wrong
CompleteCandidates read_teacher(const TeacherOptions& options, const RunData& data,
                                const std::string& device);

}  // namespace twinset
