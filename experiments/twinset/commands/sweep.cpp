#include <fmt/format.h>

#include <cstdio>

#include "experiments/twinset/commands/commands.h"
#include "experiments/twinset/sweep_command.h"
#include "framework/core/error.h"
#include "framework/core/logging.h"
#include "framework/sweep/single_job.h"

namespace twinset {
namespace {

std::filesystem::path folder_argument(const CommandLine& line) {
  if (!line.overrides.empty()) return line.overrides[0];
  throw ConfigError(
      {.where = line.command,
       .what = "no sweep is named",
       .expected = "the folder of one",
       .todo = fmt::format("for example: twinset {} multirun/2026-03-01/12-00-00", line.command)});
}

}  // namespace

int sweep_command(const CommandLine& line, const Plugins& plugins) {
  if (line.resume) return resume_sweep_command(line, plugins);
  std::vector<std::string> overrides = line.overrides;
  const std::optional<std::string> folder = take_override(overrides, "hydra.sweep.dir");
  return run_sweep_command(line, overrides, folder,
                           {{"kind", "program"}, {"arguments", line.program}}, plugins);
}

int status_command(const CommandLine& line, const Plugins&) {
  Manifest manifest(folder_argument(line), Manifest::Open::kExisting);
  const std::vector<JobRecord> jobs = manifest.jobs();
  std::fputs(summary_table(jobs).c_str(), stdout);
  std::puts(status_text(count_jobs(manifest), 0, 0).c_str());
  int64_t num_lost = 0;
  for (const JobRecord& job : jobs)
    num_lost += job.state == JobState::kRunning && !manifest.is_worker_alive(job) ? 1 : 0;
  if (num_lost > 0)
    std::puts(fmt::format("the process of {} running job{} died: twinset train --resume {}",
                          num_lost, num_lost == 1 ? "" : "s", folder_argument(line).string())
                  .c_str());
  if (const auto reason = manifest.stop_reason())
    std::puts(("the sweep was stopped: " + *reason).c_str());
  return 0;
}

int stop_command(const CommandLine& line, const Plugins&) {
  const std::filesystem::path folder = folder_argument(line);
  Manifest manifest(folder, Manifest::Open::kExisting);
  manifest.stop("twinset stop");
  log_info("{}: nothing more is started, and {} running job{} will save and end", folder.string(),
           manifest.count(JobState::kRunning), manifest.count(JobState::kRunning) == 1 ? "" : "s");
  return 0;
}

int job_body_command(const CommandLine& line, const Plugins& plugins) {
  if (line.overrides.size() != 2)
    throw ConfigError(
        {.where = "job-body", .what = "has no job", .expected = "job-body FOLDER NUMBER"});
  const std::filesystem::path folder = line.overrides[0];
  JobRecord record;
  SweepTask task;
  {
    Manifest manifest(folder, Manifest::Open::kExisting);
    record = manifest.job(std::stoll(line.overrides[1]));
    task = manifest.fact("task");
  }
  return make_job_body(task, plugins)(record.job, folder / record.job.folder) == JobState::kComplete
             ? 0
             : 130;
}

int run_job_command(const CommandLine& line, const Plugins& plugins) {
  if (line.overrides.size() != 2)
    throw ConfigError(
        {.where = "run-job", .what = "has no job", .expected = "run-job FOLDER NUMBER"});
  const std::filesystem::path folder = line.overrides[0];
  Manifest manifest(folder, Manifest::Open::kExisting);
  const auto settings = read_options<SweepSettings>(from_json(manifest.fact("settings")), "");
  const Node* ranks = settings.launcher.find("ranks");
  const LaunchContext context{
      .folder = folder,
      .manifest = manifest,
      .body = make_job_body(manifest.fact("task"), plugins),
      .num_retries = parse_on_failure(settings.sweep.on_failure).num_retries,
      .program = std::filesystem::read_symlink("/proc/self/exe").string()};
  const JobState state = run_single_job(
      context,
      ranks == nullptr ? RankOptions{} : read_options<RankOptions>(*ranks, "launcher.ranks"),
      std::stoll(line.overrides[1]));
  return state == JobState::kFailed ? 1 : state == JobState::kInterrupted ? 130 : 0;
}

}  // namespace twinset
