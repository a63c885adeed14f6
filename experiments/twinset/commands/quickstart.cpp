#include <fmt/format.h>

#include <cstdio>

#include "experiments/twinset/commands/commands.h"
#include "experiments/twinset/sweep_results.h"

namespace twinset {

int quickstart_command(const CommandLine& line, const Plugins& plugins) {
  const std::string folder = "multirun/quickstart";
  CommandLine sweep = line;
  sweep.command = "train";
  sweep.is_multirun = true;
  sweep.overrides = {"+experiment=quickstart",
                     "encoder=resnet,vit_tiny",
                     "loss=info_nce,sup_con",
                     "negatives=in_batch,full_vocabulary",
                     "seed=1,2",
                     "hydra.sweep.dir=" + folder};
  sweep.overrides.insert(sweep.overrides.end(), line.overrides.begin(), line.overrides.end());
  if (const int status = train_command(sweep, plugins); status != 0) return status;
  const std::string command = fmt::format("twinset train -m {}", fmt::join(sweep.overrides, " "));
  const std::filesystem::path report =
      write_results({.sweep = folder,
                     .table_config = find_config_dir(line.config_dir) / "table/ablation.yaml",
                     .out = folder,
                     .reference = {},
                     .command = command,
                     .title = "Quickstart: towers, losses and negatives on rendered garments",
                     .question = "Does it pay to use every known attribute as a positive, and the "
                                 "whole vocabulary as candidates?",
                     .findings = {}},
                    plugins);
  std::puts(fmt::format("\nreport: {}", std::filesystem::absolute(report).string()).c_str());
  return 0;
}

}  // namespace twinset
