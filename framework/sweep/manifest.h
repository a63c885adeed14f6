// The jobs of a sweep and what became of them, in <sweep folder>/manifest.sqlite: the one home of
// these facts. Every change is a transaction, so the file is whole after kill -9 at any moment, and
// any number of processes may work on one sweep.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "framework/core/node.h"
#include "framework/sweep/database.h"
#include "framework/sweep/worker.h"

namespace twinset {

/// Where a job stands. Submitted: handed to a scheduler, which has not started it.
enum class JobState { kPending, kSubmitted, kRunning, kComplete, kFailed, kInterrupted };

const char* job_state_name(JobState state);

/// One job as it is planned.
struct SweepJob {
  std::vector<std::string> overrides;
  std::string folder;  ///< name within the sweep's folder
  std::string digest;  ///< of its configuration: a complete job with the same folder and digest is
                       ///< not run again
  Node config;  ///< composed; kept in the manifest, so that files edited later change no job that
                ///< waits
  std::vector<std::pair<std::string, std::string>>
      choices;  ///< what tells it from the others, such as {"seed", "1"}
};

/// What became of one try of a job.
struct JobOutcome {
  JobState state = JobState::kFailed;  ///< complete, failed or interrupted
  std::string error;                   ///< of a failed one
  nlohmann::ordered_json result;       ///< of a complete one: its result.json, or null
};

/// A job as the manifest keeps it.
struct JobRecord {
  int64_t number = 0;  ///< from 0, in the order of planning
  SweepJob job;
  JobState state = JobState::kPending;
  int64_t num_tries = 0;
  int64_t num_failures = 0;  ///< of the tries since the sweep was last begun or resumed
  Worker worker;             ///< of the last try
  double started = 0;        ///< of the last try, Unix time
  double seconds = 0;        ///< of the last try, once it ended
  std::string scheduler_id;  ///< such as Slurm's "17_3"
  std::string error;
  nlohmann::ordered_json result;
};

/// What a sweep found when it was begun or resumed.
struct Findings {
  int64_t num_new = 0;
  int64_t num_complete = 0;
  int64_t num_failed = 0;       ///< they are tried again
  int64_t num_interrupted = 0;  ///< they go on from their checkpoint
  int64_t num_lost = 0;         ///< their worker died
  int64_t num_elsewhere =
      0;  ///< another worker, which lives, is running them, or a scheduler holds them
  int64_t num_waiting = 0;  ///< planned earlier, not yet started
};

class Manifest {
 public:
  enum class Open { kMake, kExisting };
  static std::filesystem::path file_in(const std::filesystem::path& sweep_folder);

  /// @throws ConfigError if there is no manifest and `open` is kExisting; DataError if the file is
  /// none
  Manifest(const std::filesystem::path& sweep_folder, Open open);

  /// Adds the jobs that are new, and makes every job pending that is not complete and that nobody
  /// is running. Clears a stop. A job with another digest than before begins anew. Jobs of an
  /// earlier plan stay if they are complete, behind the planned ones; the others are forgotten
  /// (their folders stay).
  /// @throws ConfigError if another process runs the sweep and the plan differs
  Findings begin(const std::vector<SweepJob>& jobs);
  /// The same for the jobs that the manifest holds.
  Findings resume();
  /// Adds one job at the end and returns its number.
  int64_t add(const SweepJob& job);

  /// Takes the next pending job, or the pending or submitted one with this number, for this
  /// process: it is running from here on. No two processes get the same. nullopt if there is none,
  /// or the sweep was stopped.
  std::optional<JobRecord> claim(std::optional<int64_t> number = {});
  /// Records how a running job's try ended. With retry a failed one with no more than `num_retries`
  /// failures is pending again.
  void finish(int64_t number, const JobOutcome& outcome, int64_t num_retries = 0);
  /// Takes up to `limit` pending jobs for a scheduler.
  std::vector<JobRecord> submit(int64_t limit);
  /// Makes a job pending again that a scheduler holds or interrupted.
  void release(int64_t number);
  void set_scheduler_id(int64_t number, const std::string& id);
  /// Says that this process lives; call at least once a minute while jobs run.
  void beat();

  /// Asks every worker of the sweep to start nothing more, and to interrupt what it runs.
  void stop(const std::string& reason);
  std::optional<std::string> stop_reason();

  std::vector<JobRecord> jobs();
  JobRecord job(int64_t number);
  int64_t count(JobState state);
  /// Whether the worker of a running job lives: asked of the kernel on this host, by its last beat
  /// on others.
  bool is_worker_alive(const JobRecord& record);

  /// Facts of the whole sweep, by name.
  void set_fact(const std::string& name, const nlohmann::ordered_json& value);
  nlohmann::ordered_json fact(const std::string& name);  ///< null if there is none

 private:
  std::vector<JobRecord> select(const std::string& condition,
                                const std::vector<SqlValue>& values = {});
  void insert(int64_t number, const SweepJob& job);
  void settle(Findings& findings);

  std::filesystem::path file_;
  Database database_;
};

}  // namespace twinset
