// A sweep as a person sees it: one live line while it runs, one table when it ends.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "framework/sweep/manifest.h"

namespace twinset {

/// How many jobs are in which state.
struct JobCounts {
  int64_t total = 0, complete = 0, failed = 0, running = 0, submitted = 0, interrupted = 0,
          pending = 0;
};
JobCounts count_jobs(Manifest& manifest);

/// "12/100 done, 4 running, 1 failed, about 8 min left". The estimate is what the jobs that ended
/// since the start took in all, by what is left; none before the first.
std::string status_text(const JobCounts& counts, int64_t num_ended, double seconds);

/// The status on standard error: on a terminal one line that is drawn over and over, otherwise a
/// line whenever a job ends.
class StatusLine {
 public:
  StatusLine();
  ~StatusLine();
  StatusLine(const StatusLine&) = delete;
  StatusLine& operator=(const StatusLine&) = delete;

  void show(const JobCounts& counts, const std::vector<JobRecord>& ended);

 private:
  using Clock = std::chrono::steady_clock;
  bool is_terminal_;
  bool is_drawn_ = false;
  Clock::time_point begin_ = Clock::now();
  int64_t num_ended_ = 0;
};

/// A table of the jobs: number, state, tries, time, host, folder, error. More than `max_rows`: only
/// those that are not complete.
std::string summary_table(const std::vector<JobRecord>& jobs, size_t max_rows = 40);

}  // namespace twinset
