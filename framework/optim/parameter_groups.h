#pragma once

#include <vector>

#include "framework/optim/optimizer.h"

namespace twinset {

/// Splits parameters in two groups: matrices and filters (more than one dimension) with weight
/// decay; biases, norms and scalars without. The groups keep the order.
std::vector<ParameterGroup> decay_groups(const NamedTensors& parameters);

}  // namespace twinset
