#pragma once

#include "experiments/twinset/run_model.h"
#include "framework/negatives/document_towers.h"

namespace twinset {

/// The document tower as negatives may call it: with the weights of now, and as slow copies.
/// Documents are embedded in chunks of evaluation.batch_size, in evaluation mode, in the run's
/// precision.
///
/// All arguments must outlive the result, and the model must stay on its device.
DocumentTowers make_document_towers(const RunOptions& options, const RunData& data, RunModel& model,
                                    const Plugins& plugins);

}  // namespace twinset
