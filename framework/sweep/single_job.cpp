#include "framework/sweep/single_job.h"

#include "framework/core/interrupt.h"
#include "framework/core/logging.h"
#include "framework/sweep/job_process.h"

namespace twinset {

JobState run_single_job(const LaunchContext& context, const RankOptions& ranks, int64_t number) {
  using Clock = std::chrono::steady_clock;
  Manifest& manifest = context.manifest;
  const auto job = manifest.claim(number);
  if (!job) {
    log_info("job {} is not waiting any more", number);
    return JobState::kPending;
  }
  log_info("job {} in {}", number, (context.folder / job->job.folder).string());
  JobProcess process({.folder = context.folder / job->job.folder,
                      .cores = {},
                      .environment = {},
                      .body = job_body(ranks, context, *job)});
  Clock::time_point next_beat;
  for (bool is_interrupted = false; !process.has_ended();) {
    if (!is_interrupted && (interrupt_requested() || manifest.stop_reason())) {
      is_interrupted = true;
      process.interrupt();
    }
    if (Clock::now() >= next_beat) {
      manifest.beat();
      next_beat = Clock::now() + std::chrono::seconds(30);
    }
    wait_for_any({&process}, std::chrono::seconds(1));
  }
  manifest.finish(number, process.outcome(), context.num_retries);
  const JobRecord record = manifest.job(number);
  log_info("job {} {}{}", number, job_state_name(process.outcome().state),
           record.error.empty() ? "" : ": " + record.error);
  return process.outcome().state;
}

}  // namespace twinset
