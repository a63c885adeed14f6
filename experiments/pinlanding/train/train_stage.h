#pragma once

#include "experiments/pinlanding/stage.h"

namespace twinset::pinlanding {

/// The configuration of the training run: the pipeline's, with the attributes of
/// curate/products.jsonl in place of the data set's own (datasets/relabelled.h).
Node curated_training_config(const StageContext& context);

/// Trains the dual encoder on the curated attributes, noise and all, into `train/`, as `twinset
/// train` does. Called again after an interruption it goes on from the last checkpoint; what was
/// trained from other files or options is removed first.
Stage train_stage();

}  // namespace twinset::pinlanding
