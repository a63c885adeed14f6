#pragma once

#include "framework/retrieval/index.h"

namespace twinset {

/// Registers every index of this folder.
void register_builtin_indexes(IndexRegistry& registry);

}  // namespace twinset
