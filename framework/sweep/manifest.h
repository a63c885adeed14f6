#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace twinset {

/// Where a job stands.
enum class JobState { kPending, kRunning, kComplete, kFailed, kInterrupted };

const char* job_state_name(JobState state);

/// One job of a sweep, as its manifest keeps it.
struct JobRecord {
  int64_t index = 0;
  std::vector<std::string> overrides;
  std::string folder;      ///< relative to the sweep's folder
  std::string digest;      ///< of the composed configuration
  JobState state = JobState::kPending;
  int64_t num_tries = 0;
  double seconds = 0;      ///< of the last try
  std::string error;       ///< of the last try, if it failed
};

/// The jobs of a sweep in <folder>/manifest.json, rewritten atomically at every change, so that a sweep that was killed goes
/// on where it stopped.
class Manifest {
 public:
  /// Reads the manifest, or begins an empty one. A job that was running when its process died is pending again.
  /// @throws DataError if the file is no manifest
  explicit Manifest(std::filesystem::path folder);
  /// The record of a job: the one that an earlier call wrote for the same folder and digest, or a new pending one.
  JobRecord& job(int64_t index, const std::vector<std::string>& overrides, const std::string& folder, const std::string& digest);
  void save() const;
  const std::vector<JobRecord>& jobs() const { return jobs_; }

 private:
  std::filesystem::path folder_;
  std::vector<JobRecord> jobs_;
};

}  // namespace twinset
