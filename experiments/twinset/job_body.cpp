#include <ATen/Parallel.h>
#include <fmt/format.h>

#include "experiments/twinset/environment.h"
#include "experiments/twinset/show_config.h"
#include "experiments/twinset/sweep_command.h"
#include "framework/core/atomic_file.h"
#include "framework/core/error.h"
#include "framework/core/thread_pool.h"
#include "framework/sweep/job_process.h"

namespace twinset {
namespace {

// Not synced to the disk: the manifest, which keeps the same, is the proof.
void write_quickly(const std::filesystem::path& path, const std::string& content) {
  AtomicFile file(path);
  file.write(content);
  file.commit_unsynced();
}

// The settings of the job's own run: those of the configs, changed by its overrides.
Node settings_tree(const SweepJob& job, const SweepTask& task) {
  CommandLine line;
  line.command = "train";
  if (task.contains("config_dir")) line.config_dir = task["config_dir"].get<std::string>();
  if (task.contains("added_config_dir"))
    line.added_config_dir = task["added_config_dir"].get<std::string>();
  std::vector<std::string> overrides;
  for (const std::string& text : job.overrides) {
    if (text.find("hydra.") < 3 || text.find("hydra/") < 3) overrides.push_back(text);
  }
  const RunFacts facts{.job_name = "train",
                       .version = program_version(),
                       .is_multirun = true,
                       .job_num = {},
                       .output_dir = {}};
  Node tree = job.config;
  tree.set("hydra", make_composer(line).compose("", overrides, false, facts).hydra);
  return tree;
}

JobState train_job(const SweepJob& job, const SweepTask& task, const Plugins& plugins,
                   const std::filesystem::path& folder) {
  // A job of a pool has fewer cores than the process that it is a copy of.
  if (available_cores() < at::get_num_threads()) at::set_num_threads(available_cores());
  const Job run{job.overrides,
                job.config,
                {.name = job.folder, .choices = job.choices, .overrides = job.overrides},
                settings_tree(job, task)};
  return run_in_folder(run, plugins, folder) ? JobState::kComplete : JobState::kInterrupted;
}

// `{folder}` is the job's folder, `{config}` its configuration's file, `{overrides}` alone becomes
// one argument for each override.
std::vector<std::string> fill_arguments(const std::vector<std::string>& arguments,
                                        const SweepJob& job, const std::filesystem::path& folder) {
  const std::pair<std::string, std::string> marks[] = {
      {"{folder}", folder.string()}, {"{config}", (folder / ".hydra/config.yaml").string()}};
  std::vector<std::string> filled;
  for (std::string argument : arguments) {
    if (argument == "{overrides}") {
      filled.insert(filled.end(), job.overrides.begin(), job.overrides.end());
      continue;
    }
    for (const auto& [mark, value] : marks) {
      for (size_t at = 0; (at = argument.find(mark, at)) != std::string::npos; at += value.size())
        argument.replace(at, mark.size(), value);
    }
    filled.push_back(argument);
  }
  return filled;
}

JobState program_job(const SweepJob& job, const std::vector<std::string>& arguments,
                     const std::filesystem::path& job_folder) {
  const std::filesystem::path folder = std::filesystem::absolute(job_folder);
  write_quickly(folder / ".hydra" / "config.yaml", to_yaml(job.config));
  Node::List overrides;
  for (const std::string& text : job.overrides) overrides.emplace_back(text);
  write_quickly(folder / ".hydra" / "overrides.yaml", to_yaml(Node(overrides)));
  if (arguments.empty()) return JobState::kComplete;
  return run_program(fill_arguments(arguments, job, folder), ".",
                     {{"TWINSET_JOB_FOLDER", folder.string()}});
}

}  // namespace

JobBody make_job_body(const SweepTask& task, const Plugins& plugins) {
  const std::string kind = task.value("kind", "");
  if (kind == "train") {
    return [task, &plugins](const SweepJob& job, const std::filesystem::path& folder) {
      return train_job(job, task, plugins, folder);
    };
  }
  if (kind == "program") {
    return [arguments = task.at("arguments").get<std::vector<std::string>>()](
               const SweepJob& job, const std::filesystem::path& folder) {
      return program_job(job, arguments, folder);
    };
  }
  throw DataError({.where = "manifest.sqlite",
                   .what = "unknown task '" + kind + "'",
                   .expected = "train or program"});
}

CheckConfig make_check(const SweepTask& task, const Plugins& plugins) {
  if (task.value("kind", "") == "train")
    return [&plugins](const Node& config) { check_run_config(config, plugins); };
  return [](const Node&) {};
}

}  // namespace twinset
