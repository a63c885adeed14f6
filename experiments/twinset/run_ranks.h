#pragma once

#include <functional>

#include "experiments/twinset/run_options.h"

namespace twinset {

/// Joins the ranks that the environment tells of and runs something on all of them: logs are rank
/// 0's but for warnings, which carry the rank, and an error on one rank ends the others, which name
/// it.
void run_on_ranks(const RunOptions& options, const std::function<void(Communicator& ranks)>& work);

}  // namespace twinset
