#include <fmt/format.h>

#include <cstdio>

#include "experiments/twinset/commands/commands.h"
#include "experiments/twinset/jobs.h"
#include "experiments/twinset/run_options.h"
#include "experiments/twinset/run_ranks.h"
#include "experiments/twinset/sweep_command.h"
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

bool run_on_rank(const Job& job, const Plugins& plugins, const std::filesystem::path& folder, Communicator& ranks) {
  if (ranks.broadcast(digest(job.config)) != digest(job.config)) {
    throw ConfigError({.where = fmt::format("rank {}", ranks.rank()), .what = "its configuration is not rank 0's",
                       .expected = "the same program, configs and overrides on every rank"});
  }
  if (!ranks.is_main()) return run_experiment(job.config, job.identity, plugins, folder, ranks);
  const std::filesystem::path digest_file = folder / ".hydra" / "digest";
  if (std::filesystem::exists(digest_file) && read_file(digest_file) != digest(job.config)) {
    throw ConfigError({.where = folder.string(), .what = "holds a run with another configuration",
                       .todo = "name another folder, or remove this one"});
  }
  write_file(folder / ".hydra" / "config.yaml", to_yaml(job.config));
  Node::List overrides;
  for (const std::string& text : job.overrides) overrides.emplace_back(text);
  write_file(folder / ".hydra" / "overrides.yaml", to_yaml(Node(overrides)));
  write_file(digest_file, digest(job.config));
  set_log_file((folder / "train.log").string());
  const bool is_complete = run_experiment(job.config, job.identity, plugins, folder, ranks);
  set_log_file("");
  return is_complete;
}

int run_one(const Job& job, const Plugins& plugins, const std::optional<std::string>& wanted) {
  bool is_complete = false;
  run_on_ranks(read_options<RunOptions>(job.config, ""), [&](Communicator& ranks) {
    std::string name;
    if (ranks.is_main()) name = wanted ? *wanted : make_output_folder("outputs").string();
    const std::filesystem::path folder = ranks.broadcast(name);
    log_info("run folder: {}", folder.string());
    is_complete = run_on_rank(job, plugins, folder, ranks);
  });
  return is_complete ? 0 : 130;
}

}  // namespace

bool run_in_folder(const Job& job, const Plugins& plugins, const std::filesystem::path& folder) {
  bool is_complete = false;
  run_on_ranks(read_options<RunOptions>(job.config, ""),
               [&](Communicator& ranks) { is_complete = run_on_rank(job, plugins, folder, ranks); });
  return is_complete;
}

int train_command(const CommandLine& line, const Plugins& plugins) {
  if (line.resume) return resume_sweep_command(line, plugins);
  std::vector<std::string> overrides = line.overrides;
  const std::optional<std::string> run_folder = take_override(overrides, "hydra.run.dir");
  const std::optional<std::string> sweep_folder = take_override(overrides, "hydra.sweep.dir");
  if (!line.show_config.empty()) {
    std::fputs(to_yaml(compose_config(line, overrides)).c_str(), stdout);
    return 0;
  }
  if (!line.is_multirun) {
    for (const std::string& text : overrides) {
      if (is_sweep_override(text)) throw ConfigError({.where = text, .what = "is for a sweep", .expected = "--multirun with it"});
    }
    Job job{overrides, compose_config(line, overrides), {}};
    check_run_config(job.config, plugins);
    job.identity = {.name = "run", .choices = {{"seed", std::to_string(job.config.at("seed").as_int())}}, .overrides = overrides};
    return run_one(job, plugins, run_folder);
  }

  if (const LaunchEnvironment environment = read_launch_environment(); environment.is_distributed()) {
    throw ConfigError({.where = "--multirun", .what = fmt::format("this is one of {} ranks", environment.world_size),
                       .expected = "one run, shared by the ranks", .todo = "start the sweep by itself; launcher.ranks.count gives each job its ranks"});
  }
  return run_sweep_command(line, overrides, sweep_folder, {{"kind", "train"}}, plugins);
}

}  // namespace twinset
