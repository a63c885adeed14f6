#pragma once

#include <memory>

#include "experiments/twinset/run_model.h"

namespace twinset {

/// The negatives that a run's config names, told of its training set. All arguments outlive them.
/// @param memory_type  of embeddings that strategies remember
std::unique_ptr<Negatives> make_run_negatives(const RunOptions& options, const RunData& data,
                                              RunModel& model, const Plugins& plugins,
                                              at::ScalarType memory_type = at::kFloat);

}  // namespace twinset
