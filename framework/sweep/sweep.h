#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "framework/sweep/launcher.h"
#include "framework/sweep/search.h"
#include "framework/sweep/status.h"

namespace twinset {

/// What holds for a whole sweep, whatever runs its jobs.
struct SweepOptions {
  std::string on_failure = "continue";
  double cache_gigabytes = 2.0;

  template <class V>
  void visit(V&& v) {
    v("on_failure", on_failure,
      Field{.help = "when a job fails: stop (nothing more is started, running jobs save and end), "
                    "continue with the others, "
                    "or retry(N): try it N times more, then continue"});
    v("cache_gigabytes", cache_gigabytes,
      Field{.help = "bound of the memory in which the jobs of one machine share decoded images; 0: "
                    "each job keeps its own",
            .unit = "GB",
            .min = 0});
  }
};

/// What `on_failure` says. @throws ConfigError if it is none of stop, continue, retry(N)
struct FailurePolicy {
  bool stops = false;
  int64_t num_retries = 0;
};
FailurePolicy parse_on_failure(const std::string& text);

/// A search whose jobs are made while the sweep runs.
struct RunningSearch {
  Search* search = nullptr;  ///< null: every job is in the manifest
  std::function<SweepJob(int64_t number, const std::vector<std::string>& overrides)> plan;
};

/// What became of a sweep.
struct SweepSummary {
  JobCounts counts;
  std::string stop_reason;      ///< empty: it was not stopped
  bool is_interrupted = false;  ///< by Ctrl-C or SIGTERM
};

/// Runs the pending jobs of a manifest until none is left, it is stopped, or this process is
/// interrupted, with a live status on standard error. A failing job does not end the others, unless
/// `policy.stops`. Jobs that other processes run are left to them.
SweepSummary run_sweep(Manifest& manifest, Launcher& launcher, const FailurePolicy& policy,
                       const RunningSearch& search = {});

/// Puts the jobs in the manifest (Manifest::begin). A folder that another configuration filled is
/// moved aside, to <folder>.<its digest>, so that it is not taken for this one's.
Findings begin_sweep(Manifest& manifest, const std::filesystem::path& folder,
                     const std::vector<SweepJob>& jobs);

/// "16 jobs: 5 complete, 1 failed (tried again), 1 whose process died, 9 waiting", for the first
/// line of a sweep.
std::string findings_text(const Findings& findings);

/// A folder name for a job: its overrides joined by commas, without the characters that paths and
/// shells mind; the number if there are none.
std::string job_folder_name(int64_t number, const std::vector<std::string>& overrides);

}  // namespace twinset
