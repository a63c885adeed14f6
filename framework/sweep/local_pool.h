#pragma once

#include <memory>

#include "framework/sweep/ranks.h"

namespace twinset {

/// Options of `local_pool`.
struct LocalPoolOptions {
  int64_t num_parallel = 1;
  std::vector<std::string> devices;
  RankOptions ranks;

  template <class V>
  void visit(V&& v) {
    v("num_parallel", num_parallel,
      Field{.help = "jobs at a time; each has an equal share of the cores to itself",
            .unit = "jobs",
            .min = 1,
            .max = 4096});
    v("devices", devices,
      Field{.help = "GPUs to hand out, one place in the pool after the other, as in "
                    "CUDA_VISIBLE_DEVICES: ['0','1'], or ['0,1','2,3'] "
                    "for two a job; empty: every job sees all"});
    v("ranks", ranks, Field{});
  }
};

/// Runs a fixed number of jobs at a time on this machine, each in a process of its own
/// (framework/sweep/job_process.h). The cores that this process may use are divided among the
/// places of the pool, as evenly as whole cores allow; with more places than cores, places share.
std::unique_ptr<Launcher> make_local_pool(const LocalPoolOptions& options,
                                          const LaunchContext& context);

/// The cores of place `place` of `num_places`: consecutive, and no core idle or counted twice if
/// there are enough.
std::vector<int> cores_of_place(const std::vector<int>& cores, int64_t place, int64_t num_places);

}  // namespace twinset
