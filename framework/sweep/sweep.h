#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "framework/sweep/manifest.h"

namespace twinset {

/// One job to run.
struct SweepJob {
  std::vector<std::string> overrides;
  std::string folder;  ///< name within the sweep's folder
  std::string digest;  ///< of its configuration: a complete job with the same digest is not run again
};

/// Runs one job in its folder; false: it was interrupted and can be resumed. Throws an Error if it failed.
using JobBody = std::function<bool(const SweepJob& job, const std::filesystem::path& folder)>;

/// What became of a sweep.
struct SweepSummary {
  int64_t num_complete = 0;  ///< those reused included
  int64_t num_reused = 0;
  int64_t num_failed = 0;
  bool is_interrupted = false;
};

/// Runs jobs one after the other, with a line before each (number, folder, estimate of what is left). Complete jobs are
/// reused; a folder that another configuration left is moved aside, to <folder>.<its digest>. A failing job is logged, told
/// in the manifest, and does not stop the others.
SweepSummary run_sweep(const std::vector<SweepJob>& jobs, const std::filesystem::path& folder, const JobBody& body);

/// A folder name for a job: its overrides joined by commas, without the characters that paths and shells mind; the index if
/// there are none.
std::string job_folder_name(int64_t index, const std::vector<std::string>& overrides);

}  // namespace twinset
