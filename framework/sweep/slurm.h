#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "framework/sweep/ranks.h"

namespace twinset {

/// Options of `slurm`. What is empty or 0 is left to the cluster's defaults.
struct SlurmOptions {
  std::string partition, account, qos, time_limit, memory;
  int64_t cpus_per_job = 0;
  int64_t gpus_per_job = 0;
  int64_t max_parallel = 0;
  std::vector<std::string> extra, setup;
  int64_t save_seconds = 60;
  int64_t num_resubmits = 10;
  double poll_seconds = 5.0;
  RankOptions ranks;

  template <class V>
  void visit(V&& v) {
    v("partition", partition, Field{.help = "sbatch --partition"});
    v("account", account, Field{.help = "sbatch --account"});
    v("qos", qos, Field{.help = "sbatch --qos"});
    v("time_limit", time_limit,
      Field{.help = "sbatch --time of each job, such as 02:00:00; a job that reaches it saves, and "
                    "is submitted again"});
    v("memory", memory, Field{.help = "sbatch --mem, such as 16G"});
    v("cpus_per_job", cpus_per_job,
      Field{.help = "sbatch --cpus-per-task", .unit = "cores", .min = 0});
    v("gpus_per_job", gpus_per_job, Field{.help = "sbatch --gres=gpu:N", .unit = "GPUs", .min = 0});
    v("max_parallel", max_parallel,
      Field{.help = "jobs of this sweep that may run at a time; 0: as many as Slurm lets",
            .unit = "jobs",
            .min = 0});
    v("extra", extra,
      Field{.help = "more options of sbatch, such as ['--constraint=a100','--exclusive']"});
    v("setup", setup, Field{.help = "lines of shell before the job, such as ['module load cuda']"});
    v("save_seconds", save_seconds,
      Field{.help = "SIGTERM so long before the time limit, for a job to save",
            .unit = "s",
            .min = 0,
            .max = 65535});
    v("num_resubmits", num_resubmits,
      Field{.help = "how often a job that Slurm interrupted is submitted again", .min = 0});
    v("poll_seconds", poll_seconds,
      Field{.help = "how often Slurm is asked", .unit = "s", .above = 0});
    v("ranks", ranks, Field{});
  }
};

/// Submits the pending jobs as job arrays with sbatch, and follows them with squeue and scontrol.
/// Each task takes its job from the manifest and records there how it ended (`twinset run-job`), so
/// the sweep's own process may end and be resumed while Slurm works; a task that vanished without a
/// word is failed with the reason that Slurm gives. Interrupting cancels what waits and sends
/// SIGTERM to what runs. Scripts, lists of jobs and Slurm's output are in <sweep folder>/slurm.
///
/// The sweep's folder must be seen by the nodes under the same path.
/// @throws SystemError if sbatch refuses, with what it printed
std::unique_ptr<Launcher> make_slurm(const SlurmOptions& options, const LaunchContext& context);

/// The script of an array of `num_tasks` jobs, whose numbers are the lines of `list`.
std::string slurm_script(const SlurmOptions& options, const LaunchContext& context,
                         int64_t num_tasks, const std::filesystem::path& list);

/// Reads `squeue --array --format=%i|%T`: state by id, such as {"17_3", "RUNNING"}.
std::map<std::string, std::string> parse_squeue(const std::string& output);

}  // namespace twinset
