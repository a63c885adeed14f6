#pragma once

#include "framework/optim/optimizer.h"

namespace twinset {

/// Registers every optimiser of this folder.
void register_builtin_optimizers(OptimizerRegistry& registry);

}  // namespace twinset
