#include "experiments/pinlanding/pinlanding_command.h"

#include <fmt/format.h>

#include "experiments/pinlanding/builtin.h"
#include "experiments/pinlanding/pipeline.h"
#include "experiments/pinlanding/training_config.h"
#include "experiments/twinset/jobs.h"
#include "experiments/twinset/show_config.h"
#include "framework/config/run_settings.h"
#include "framework/core/atomic_file.h"
#include "framework/core/logging.h"

namespace twinset::pinlanding {
namespace {

PipelineOptions read_pipeline_options(const Node& config) {
  Node own = Node::map();
  for (const char* key : {"stage", "folder", "base"}) {
    if (const Node* value = config.find(key)) own.set(key, *value);
  }
  return read_options<PipelineOptions>(own, "");
}

}  // namespace

int pinlanding_command(const CommandLine& line, const Plugins& plugins) {
  if (line.is_multirun) {
    throw ConfigError({.where = "--multirun",
                       .what = "is not for the pipeline",
                       .todo =
                           "sweep pipelines with: twinset sweep --config-name pinlanding "
                           "seed=1,2,3 -- twinset pinlanding {overrides} \"folder='{folder}/p'\""});
  }
  const Composition composition =
      make_composer(line).compose(line.config_name, line.overrides, true, run_facts(line));
  const Node& config = composition.config;
  set_log_level(line.log_level.empty() ? read_run_settings(composition.tree).log_level
                                       : line.log_level);
  const PipelineOptions options = read_pipeline_options(config);
  const std::vector<Stage> stages = selected_stages(builtin_stages(), options.stage);
  check_run_config(training_config(config), plugins);
  const StageContext context{.folder = options.folder,
                             .config = config,
                             .plugins = plugins,
                             .config_dir = line.config_dir};
  run_pipeline(stages, context, options.base);
  return 0;
}

std::string pinlanding_help(const CommandLine& line) {
  Composer composer = make_composer(line);
  const Composition composition =
      composer.compose(line.config_name, line.overrides, false, run_facts(line));
  std::string text =
      "twinset pinlanding [options] [overrides]: from a search log and a catalogue to shopping "
      "collections\n\nStages, in run order\n";
  for (const Stage& stage : builtin_stages())
    text += fmt::format("  {:<10} {}\n", stage.name, stage.help);
  text += "\nOptions (option=value): type, default, meaning [unit] (range)\n" +
          help_text(describe_options<PipelineOptions>());
  for (const Stage& stage : builtin_stages()) {
    std::vector<FieldInfo> fields = stage.options;
    if (fields.empty()) continue;
    for (FieldInfo& field : fields) {
      field.name = stage.name + "." + field.name;
      if (const Node* value = composition.config.find_path(field.name))
        field.default_value = *value;
    }
    text += "\n" + help_text(fields);
  }
  return text + "\nThe other options are a training run's: twinset train --help\n";
}

}  // namespace twinset::pinlanding
