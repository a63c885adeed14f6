#pragma once

#include "framework/negatives/negatives.h"

namespace twinset {

/// Registers every negative strategy of this folder.
void register_builtin_negatives(NegativesRegistry& registry);

}  // namespace twinset
