#pragma once

#include "framework/losses/loss.h"

namespace twinset {

/// Registers every loss of this folder.
void register_builtin_losses(LossRegistry& registry);

}  // namespace twinset
