// One try of a job in a process of its own, so that whatever becomes of it (crash, exit, the
// kernel's out-of-memory killer) ends nothing else.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "framework/sweep/launcher.h"

namespace twinset {

struct JobProcessRequest {
  std::filesystem::path folder;  ///< of the job
  std::vector<int> cores;        ///< that the job may use; empty: all of this process
  std::map<std::string, std::string> environment;  ///< added to the job's
  std::function<JobState()> body;
};

/// A forked child that runs a job's body. Its standard output and error go to <folder>/job.log. It
/// is in a process group of its own, has OMP_NUM_THREADS = number of its cores, and is asked to end
/// when this process dies. It holds a lock on its folder, so that a job never runs twice at once.
///
/// The child is a copy of this process, which costs about a millisecond; so this process must have
/// a single thread.
class JobProcess {
 public:
  /// @throws SystemError if the process can't be made, or if this one has several threads
  explicit JobProcess(const JobProcessRequest& request);
  ~JobProcess();
  JobProcess(JobProcess&& other) noexcept;
  JobProcess& operator=(JobProcess&&) = delete;

  /// SIGTERM to the whole group: save and end.
  void interrupt() const;
  /// Whether it has ended; the outcome is then there.
  bool has_ended();
  const JobOutcome& outcome() const { return outcome_; }
  int descriptor() const { return pipe_; }  ///< ready to read when the process ends

 private:
  std::filesystem::path folder_;
  pid_t process_ = -1;
  int pipe_ = -1;
  int64_t oom_kills_before_ = 0;
  JobOutcome outcome_;
};

/// Waits until one of the processes may have ended, a signal comes, or the time is over.
void wait_for_any(const std::vector<const JobProcess*>& processes,
                  std::chrono::milliseconds timeout);

/// Runs a program in a folder and waits for it; its output is this process's. SIGTERM is passed on.
/// Status 0 is a complete job, 130 an interrupted one. @throws SystemError naming the exit status,
/// the signal, or why it can't be started
JobState run_program(const std::vector<std::string>& arguments, const std::filesystem::path& folder,
                     const std::map<std::string, std::string>& environment);

}  // namespace twinset
