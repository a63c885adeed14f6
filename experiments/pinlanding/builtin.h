#pragma once

#include <vector>

#include "experiments/pinlanding/stage.h"

namespace twinset::pinlanding {

/// The pipeline's stages, in run order.
std::vector<Stage> builtin_stages();

}  // namespace twinset::pinlanding
