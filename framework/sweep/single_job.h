#pragma once

#include "framework/sweep/ranks.h"

namespace twinset {

/// Takes one job from the manifest, runs it in a process of its own and records how it ended: what
/// a scheduler's task does. SIGTERM interrupts the job. Returns its state; pending if it was not
/// waiting any more, so there was nothing to do.
JobState run_single_job(const LaunchContext& context, const RankOptions& ranks, int64_t number);

}  // namespace twinset
