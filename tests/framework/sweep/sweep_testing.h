// Sweeps of small jobs for tests.
#pragma once

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <string>
#include <vector>

#include "framework/core/atomic_file.h"
#include "framework/sweep/builtin.h"
#include "framework/sweep/sweep.h"
#include "tests/testing/temporary_folder.h"

namespace twinset::testing {

inline std::vector<SweepJob> make_jobs(int64_t count) {
  std::vector<SweepJob> jobs;
  for (int64_t i = 0; i < count; ++i) {
    const std::string seed = std::to_string(i + 1);
    Node config = Node::map();
    config.set("seed", Node(i + 1));
    jobs.push_back({{"loss=sup_con", "seed=" + seed},
                    "seed=" + seed,
                    "digest" + seed,
                    config,
                    {{"seed", seed}}});
  }
  return jobs;
}

/// Runs what a manifest holds, with a launcher such as {"name": "local_pool", "num_parallel": 2}.
inline SweepSummary run_with(const std::filesystem::path& folder, const JobBody& body,
                             const nlohmann::ordered_json& launcher,
                             const std::string& on_failure = "continue") {
  LauncherRegistry launchers("launcher");
  register_builtin_launchers(launchers);
  Manifest manifest(folder, Manifest::Open::kExisting);
  const FailurePolicy policy = parse_on_failure(on_failure);
  const LaunchContext context{.folder = folder,
                              .manifest = manifest,
                              .body = body,
                              .num_retries = policy.num_retries,
                              .program = "twinset"};
  return run_sweep(manifest, *launchers.create(from_json(launcher), context), policy);
}

inline SweepSummary run_jobs(const std::filesystem::path& folder, const std::vector<SweepJob>& jobs,
                             const JobBody& body, const nlohmann::ordered_json& launcher,
                             const std::string& on_failure = "continue") {
  Manifest manifest(folder, Manifest::Open::kMake);
  begin_sweep(manifest, folder, jobs);
  return run_with(folder, body, launcher, on_failure);
}

inline std::vector<JobRecord> jobs_in(const std::filesystem::path& folder) {
  return Manifest(folder, Manifest::Open::kExisting).jobs();
}

/// Runs `body` in a forked process, whose exit status it gives; returns its process id.
inline pid_t fork_process(const std::function<int()>& body) {
  std::fflush(nullptr);
  const pid_t process = ::fork();
  if (process == 0) ::_exit(body());
  return process;
}

inline int wait_for(pid_t process) {
  int status = 0;
  ::waitpid(process, &status, 0);
  return status;
}

}  // namespace twinset::testing
