#include "experiments/twinset/run_ranks.h"

#include <fmt/format.h>

#include "experiments/twinset/rank_device.h"
#include "framework/core/logging.h"
#include "framework/kernels/cuda_library.h"

namespace twinset {

void run_on_ranks(const RunOptions& options, const std::function<void(Communicator& ranks)>& work) {
  const LaunchEnvironment environment = read_launch_environment();
  if (!environment.is_distributed()) return work(single_process());
  set_log_prefix(fmt::format("rank {}", environment.rank));
  if (environment.rank > 0) set_log_level(LogLevel::kWarning);
  if (options.trainer.device != "cpu") require_cuda();
  const auto ranks =
      make_communicator(environment, options.distributed, rank_device(options.trainer.device));
  try {
    work(*ranks);
  } catch (const std::exception& error) {
    ranks->report_failure(error.what());
    throw;
  }
}

}  // namespace twinset
