#include <fmt/format.h>

#include <functional>

#include "experiments/twinset/commands/commands.h"
#include "experiments/twinset/environment.h"
#include "experiments/twinset/job_scope.h"
#include "experiments/twinset/jobs.h"
#include "experiments/twinset/run_options.h"
#include "experiments/twinset/run_ranks.h"
#include "experiments/twinset/show_config.h"
#include "experiments/twinset/sweep_command.h"
#include "framework/config/python_text.h"
#include "framework/core/atomic_file.h"
#include "framework/core/interrupt.h"
#include "framework/core/logging.h"

namespace twinset {

void check_run_config(const Node& config, const Plugins& plugins) {
  const RunOptions options = read_options<RunOptions>(config, "");
  plugins.datasets.check(options.dataset.reader);
  for (const Node* tower : {&options.encoder, &options.title_encoder}) {
    const Node* name = tower->find("name");
    if (name == nullptr || *name != Node("none")) plugins.encoders.check(*tower);
  }
  plugins.encoders.check(options.attribute_encoder);
  plugins.negatives.check(options.negatives);
  plugins.losses.check(options.loss);
  plugins.optimizers.check(options.optimizer);
  plugins.schedules.check(options.schedule);
}

namespace {

bool run_on_rank(const Job& job, const Plugins& plugins, const std::filesystem::path& folder,
                 Communicator& ranks) {
  if (ranks.broadcast(digest(job.config)) != digest(job.config)) {
    throw ConfigError({.where = fmt::format("rank {}", ranks.rank()),
                       .what = "its configuration is not rank 0's",
                       .expected = "the same program, configs and overrides on every rank"});
  }
  const std::filesystem::path digest_file = folder / ".hydra" / "digest";
  if (ranks.is_main()) {
    if (std::filesystem::exists(digest_file) && read_file(digest_file) != digest(job.config)) {
      throw ConfigError({.where = folder.string(),
                         .what = "holds a run with another configuration",
                         .todo = "name another folder, or remove this one"});
    }
    write_file(digest_file, digest(job.config));
  }
  const JobScope scope(job.tree, job.overrides, folder, ranks.is_main());
  return run_experiment(job.config, job.identity, plugins, std::filesystem::absolute(folder),
                        ranks);
}

// The sweep's axes that a config names, hydra.sweeper.params, before those of the command line.
std::vector<std::string> with_sweeper_params(const Composition& composition,
                                             const std::vector<std::string>& overrides) {
  std::vector<std::string> all;
  const Node params = resolved_setting(composition.tree, "hydra.sweeper.params");
  if (params.is_map()) {
    for (const auto& [key, value] : params.as_map()) all.push_back(key + "=" + python_str(value));
  }
  all.insert(all.end(), overrides.begin(), overrides.end());
  return all;
}

int run_one(const CommandLine& line, const std::vector<std::string>& overrides,
            const Composition& composition, const Plugins& plugins) {
  for (const std::string& text : overrides) {
    if (is_sweep_override(text))
      throw ConfigError(
          {.where = text, .what = "is for a sweep", .expected = "--multirun with it"});
  }
  // The configuration may ask for the folder, ${hydra:runtime.output_dir}.
  const auto compose_for = [&](const std::filesystem::path& folder) {
    RunFacts facts = run_facts(line);
    facts.output_dir = std::filesystem::absolute(folder).string();
    Composition run = make_composer(line).compose(line.config_name, line.overrides, true, facts);
    Job job{overrides, std::move(run.config), {}, std::move(run.tree)};
    check_run_config(job.config, plugins);
    job.identity = {.name = "run",
                    .choices = {{"seed", std::to_string(job.config.at("seed").as_int())}},
                    .overrides = overrides};
    return job;
  };
  const Job planned = compose_for(python_str(resolved_setting(composition.tree, "hydra.run.dir")));
  bool is_complete = false;
  run_on_ranks(read_options<RunOptions>(planned.config, ""), [&](Communicator& ranks) {
    std::string name;
    if (ranks.is_main()) name = make_job_folder(composition.tree, "hydra.run.dir").string();
    const std::filesystem::path folder = ranks.broadcast(name);
    log_info("run folder: {}", folder.string());
    is_complete = run_on_rank(compose_for(folder), plugins, folder, ranks);
  });
  return is_complete ? 0 : 130;
}

// What a job needs besides its own record: the folders of the configs that its settings come from.
SweepTask train_task(const CommandLine& line) {
  SweepTask task = {
      {"kind", "train"},
      {"config_dir", std::filesystem::absolute(find_config_dir(line.config_dir)).string()}};
  if (line.added_config_dir)
    task["added_config_dir"] = std::filesystem::absolute(*line.added_config_dir).string();
  return task;
}

// Takes the folder away if the body fails before anything was written to it.
int in_new_folder(const std::optional<std::string>& folder, const std::function<int()>& body) {
  try {
    return body();
  } catch (const Error&) {
    std::error_code not_empty;
    if (folder) std::filesystem::remove(*folder, not_empty);
    throw;
  }
}

}  // namespace

bool run_in_folder(const Job& job, const Plugins& plugins, const std::filesystem::path& folder) {
  bool is_complete = false;
  run_on_ranks(read_options<RunOptions>(job.config, ""), [&](Communicator& ranks) {
    is_complete = run_on_rank(job, plugins, folder, ranks);
  });
  return is_complete;
}

int train_command(const CommandLine& line, const Plugins& plugins) {
  if (line.resume) return resume_sweep_command(line, plugins);
  std::vector<std::string> overrides = line.overrides;
  take_override(overrides, "hydra.run.dir");
  take_override(overrides, "hydra.sweep.dir");
  const Composition composition = compose_settings(line);
  const RunSettings settings = read_run_settings(composition.tree);
  set_log_level(line.log_level.empty() ? settings.log_level : line.log_level);
  if (!line.is_multirun && !settings.is_multirun)
    return run_one(line, overrides, composition, plugins);

  if (const LaunchEnvironment environment = read_launch_environment();
      environment.is_distributed()) {
    throw ConfigError(
        {.where = "--multirun",
         .what = fmt::format("this is one of {} ranks", environment.world_size),
         .expected = "one run, shared by the ranks",
         .todo = "start the sweep by itself; launcher.ranks.count gives each job its ranks"});
  }
  overrides = with_sweeper_params(composition, overrides);
  std::optional<std::string> folder;
  if (!line.is_dry_run) folder = make_job_folder(composition.tree, "hydra.sweep.dir").string();
  return in_new_folder(folder, [&] {
    return run_sweep_command(line, overrides, folder, train_task(line), plugins);
  });
}

}  // namespace twinset
