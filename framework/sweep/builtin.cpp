#include "framework/sweep/builtin.h"

#include "framework/sweep/in_process.h"
#include "framework/sweep/local_pool.h"
#include "framework/sweep/slurm.h"

namespace twinset {

void register_builtin_launchers(LauncherRegistry& registry) {
  registry.add<InProcessOptions>("in_process", "one job after the other in this process",
                                 make_in_process);
  registry.add<LocalPoolOptions>(
      "local_pool", "a fixed number of jobs at a time, each in its own process", make_local_pool);
  registry.add<SlurmOptions>("slurm", "job arrays of a Slurm cluster", make_slurm);
}

}  // namespace twinset
