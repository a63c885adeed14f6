#include "experiments/twinset/sweep_command.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

#include "experiments/twinset/job_scope.h"
#include "experiments/twinset/sweep_cache.h"
#include "framework/core/error.h"
#include "framework/core/interrupt.h"
#include "framework/core/logging.h"

namespace twinset {
namespace {

nlohmann::ordered_json to_json(const SweepSettings& settings) {
  return twinset::to_json(options_to_node(settings));
}

// The process that goes on is a grandchild in a session of its own: it has no terminal that could
// close.
bool detach(const std::filesystem::path& folder) {
  const std::filesystem::path log = folder / "sweep.log";
  std::fflush(nullptr);
  const pid_t child = ::fork();
  if (child < 0) throw SystemError({.what = "can't start a process for the sweep"});
  if (child > 0) {
    int status = 0;
    ::waitpid(child, &status, 0);
    log_info("the sweep goes on without this terminal; its log is {}", log.string());
    log_info("look at it:  twinset status {}\nend it:      twinset stop {}", folder.string(),
             folder.string());
    return false;
  }
  ::setsid();
  if (::fork() != 0) ::_exit(0);
  ::signal(SIGHUP, SIG_IGN);
  const int file = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  const int null = ::open("/dev/null", O_RDONLY);
  ::dup2(null, STDIN_FILENO);
  ::dup2(file, STDOUT_FILENO);
  ::dup2(file, STDERR_FILENO);
  return true;
}

void print_summary(Manifest& manifest, const SweepSummary& summary,
                   const std::filesystem::path& folder) {
  std::fputs(summary_table(manifest.jobs()).c_str(), stdout);
  std::fflush(stdout);
  const JobCounts& counts = summary.counts;
  std::string text = fmt::format("{} of {} jobs complete", counts.complete, counts.total);
  const std::pair<int64_t, const char*> others[] = {
      {counts.failed, "failed"},
      {counts.interrupted, "interrupted"},
      {counts.pending, "not started"},
      {counts.running + counts.submitted, "run elsewhere"}};
  for (const auto& [count, what] : others) {
    if (count > 0) text += fmt::format(", {} {}", count, what);
  }
  log_info("{}: {}", text, folder.string());
  if (!summary.stop_reason.empty()) log_info("the sweep was stopped: {}", summary.stop_reason);
  if (counts.complete < counts.total)
    log_info("go on:  twinset train --resume {}", folder.string());
}

int exit_status(const SweepSummary& summary) {
  if (summary.is_interrupted) return 130;
  if (summary.counts.failed > 0 || !summary.stop_reason.empty()) return 1;
  return summary.counts.interrupted > 0 ? 130 : 0;
}

std::string program_path() { return std::filesystem::read_symlink("/proc/self/exe").string(); }

int launch(Manifest& manifest, const std::filesystem::path& folder, const CommandLine& line,
           const SweepPlan& plan, const CheckConfig& check, const Plugins& plugins) {
  const FailurePolicy policy = parse_on_failure(plan.settings.sweep.on_failure);
  const auto cache = make_sweep_cache(plan.settings.sweep.cache_gigabytes);
  const LaunchContext context{.folder = folder,
                              .manifest = manifest,
                              .body = make_job_body(manifest.fact("task"), plugins),
                              .num_retries = policy.num_retries,
                              .program = program_path()};
  const auto launcher = plugins.launchers.create(plan.settings.launcher, context);
  RunningSearch search;
  if (plan.search) {
    search = {plan.search.get(), [&](int64_t number, const std::vector<std::string>& values) {
                return plan_job(line, number, values, check);
              }};
  }
  const SweepSummary summary = run_sweep(manifest, *launcher, policy, search);
  print_summary(manifest, summary, folder);
  if (cache && cache->num_kept() > 0) {
    log_info("decoded images shared by the jobs: {} ({:.1f} MB), used {} times instead of decoding",
             cache->num_kept(), static_cast<double>(cache->num_bytes()) / 1e6, cache->num_reads());
  }
  return exit_status(summary);
}

void print_jobs(const SweepPlan& plan) {
  for (const SweepJob& job : plan.jobs)
    std::puts(fmt::format("{}", fmt::join(job.overrides, " ")).c_str());
  if (plan.search) std::puts("the search picks its jobs by the results of earlier ones");
}

}  // namespace

int run_sweep_command(const CommandLine& line, const std::vector<std::string>& overrides,
                      const std::optional<std::string>& sweep_folder, const SweepTask& task,
                      const Plugins& plugins) {
  const CheckConfig check = make_check(task, plugins);
  const SweepPlan plan = plan_sweep(line, overrides, plugins, check, sweep_folder.value_or(""));
  if (line.is_dry_run) {
    print_jobs(plan);
    return 0;
  }
  const std::filesystem::path folder =
      sweep_folder ? std::filesystem::path(*sweep_folder) : make_output_folder("multirun");
  {
    Manifest manifest(folder, Manifest::Open::kMake);
    const Findings findings = begin_sweep(manifest, folder, plan.jobs);
    manifest.set_fact("task", task);
    manifest.set_fact("settings", to_json(plan.settings));
    manifest.set_fact("overrides", overrides);
    nlohmann::ordered_json config = {
        {"dir", std::filesystem::absolute(find_config_dir(line.config_dir)).string()},
        {"name", line.config_name}};
    if (line.added_config_dir)
      config["added_dir"] = std::filesystem::absolute(*line.added_config_dir).string();
    manifest.set_fact("config", config);
    manifest.set_fact("working_folder", std::filesystem::current_path().string());
    log_info("sweep in {}: {}", folder.string(),
             plan.search ? "jobs by a search" : findings_text(findings));
  }
  if (line.is_detached && !detach(folder)) return 0;
  Manifest manifest(folder, Manifest::Open::kExisting);
  return launch(manifest, folder, line, plan, check, plugins);
}

int resume_sweep_command(const CommandLine& line, const Plugins& plugins) {
  const std::filesystem::path folder = std::filesystem::absolute(*line.resume);
  if (!std::filesystem::exists(Manifest::file_in(folder))) {
    throw ConfigError({.where = "--resume",
                       .what = fmt::format("'{}' holds no manifest.sqlite", line.resume->string()),
                       .expected = "the folder of a sweep"});
  }
  std::vector<std::string> changes = line.overrides;
  const std::vector<std::string> own_changes = take_sweep_overrides(changes);
  if (!changes.empty()) {
    throw ConfigError({.where = changes[0],
                       .what = "can't be changed when a sweep is resumed",
                       .expected = "launcher, launcher.*, sweep.*",
                       .todo = "begin it again with other values and the same hydra.sweep.dir: "
                               "complete jobs are reused"});
  }
  CommandLine begun = line;
  SweepPlan plan;
  {
    Manifest manifest(folder, Manifest::Open::kExisting);
    std::filesystem::current_path(manifest.fact("working_folder").get<std::string>());
    const auto config = manifest.fact("config");
    begun.config_dir = config.at("dir").get<std::string>();
    begun.config_name = config.at("name").get<std::string>();
    if (config.contains("added_dir"))
      begun.added_config_dir = config["added_dir"].get<std::string>();
    std::vector<std::string> overrides = manifest.fact("overrides").get<std::vector<std::string>>();
    overrides.insert(overrides.end(), own_changes.begin(), own_changes.end());
    const Findings findings = manifest.resume();
    log_info("resuming the sweep in {}: {}", folder.string(), findings_text(findings));
    plan.settings = compose_sweep_settings(begun, take_sweep_overrides(overrides), plugins);
    manifest.set_fact("settings", to_json(plan.settings));
    auto search =
        plugins.searches.create(plan.settings.search, search_context(begun, overrides, folder));
    if (search->is_adaptive()) plan.search = std::move(search);
  }
  if (line.is_detached && !detach(folder)) return 0;
  Manifest manifest(folder, Manifest::Open::kExisting);
  const CheckConfig check = make_check(manifest.fact("task"), plugins);
  return launch(manifest, folder, begun, plan, check, plugins);
}

}  // namespace twinset
