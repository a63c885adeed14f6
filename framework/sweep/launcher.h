#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "framework/core/registry.h"
#include "framework/sweep/manifest.h"

namespace twinset {

/// Does a job's work in its folder (which exists) and says how it ended. Throws an Error if it
/// failed.
using JobBody = std::function<JobState(const SweepJob& job, const std::filesystem::path& folder)>;

/// What a launcher works with; the references outlive it.
struct LaunchContext {
  std::filesystem::path folder;  ///< of the sweep
  Manifest& manifest;
  JobBody body;
  int64_t num_retries = 0;  ///< how often a failed job is tried again
  std::string program;      ///< this program, for launchers that start it again
};

/// Takes pending jobs from the manifest, runs them somewhere, and records how they ended.
class Launcher {
 public:
  virtual ~Launcher() = default;
  /// How many more jobs it would take now.
  virtual int64_t room() const = 0;
  /// Takes pending jobs and starts them, as many as it has room for. Returns how many.
  virtual int64_t start() = 0;
  /// Waits until a job ends, at most for `timeout`. Returns those that ended, as the manifest now
  /// has them.
  virtual std::vector<JobRecord> wait(std::chrono::milliseconds timeout) = 0;
  /// Asks the jobs that run to save and end. They are still waited for.
  virtual void interrupt() = 0;
  virtual int64_t num_running() const = 0;
};

using LauncherRegistry = Registry<Launcher, const LaunchContext&>;

/// What a job left in its result.json: its "metrics" if it has that key, else everything; null if
/// there is no such file, if it is no JSON, or if it is larger than 64 KiB.
nlohmann::ordered_json read_job_result(const std::filesystem::path& job_folder);

}  // namespace twinset
