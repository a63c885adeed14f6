#pragma once

#include "framework/data/dataset.h"

namespace twinset {

/// Registers the data sets of this folder.
void register_builtin_datasets(DatasetRegistry& registry);

}  // namespace twinset
