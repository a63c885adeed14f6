#include <fmt/format.h>

#include <algorithm>

#include "datasets/wardrobe/wardrobe.h"
#include "experiments/twinset/commands/commands.h"
#include "experiments/twinset/jobs.h"
#include "experiments/twinset/run_options.h"
#include "experiments/twinset/show_config.h"
#include "experiments/twinset/sweep_plan.h"
#include "framework/config/compose.h"

namespace twinset {
namespace {

constexpr const char* kCommands =
    R"(twinset: contrastive dual-encoder experiments, from a config to a paper's tables

  twinset train [overrides]          one run, as in: twinset train loss=sigmoid encoder=vit seed=2
  twinset train -m [overrides]       a sweep: commas are choices, as in loss=info_nce,sup_con seed=1,2
  twinset eval run=FOLDER            a finished run by a protocol (split=val|test, protocol=NAME; default: attributes)
  twinset eval embeddings=FOLDER     the same for .npy files (dataset=NAME); baseline=random|raw_pixels for none at all
  twinset table runs=FOLDER          tables of a sweep: Markdown, LaTeX, CSV, HTML (table=configs/table/NAME, out=FOLDER)
  twinset report runs=FOLDER         tables, figures and one page with cases and provenance (title=, question=, finding=)
  twinset compare RUN RUN            two runs side by side (split=, out=FILE.html)
  twinset score run=A judgments=Q    metrics of TREC runs, and whether they differ (run=[A,B])
  twinset search documents=D queries=Q  nearest rows of .npy files (index=exact|flat|hnsw|ivf|pq, k=, out=RUN, recall=true)
  twinset composed-retrieval out=FOLDER  image and "replace A with B": TIRG beside image, text and their sum, trained and judged
  twinset baselines dataset=NAME     random, frequency prior, raw pixels, title keywords, BM25
  twinset wardrobe folder=FOLDER     write the rendered data set (layout=shards|fashion200k)
  twinset sweep [overrides] -- PROGRAM...  a sweep of any program, over any folder of configs
  twinset status FOLDER              the jobs of a sweep, and what became of them
  twinset stop FOLDER                end a sweep that runs; its jobs save
  twinset distributions NAME=FILE:FIELD ...   how attributes spread over a catalogue: raw, curated, assigned (out=FOLDER)
  twinset collections run=FOLDER search_log=FILE out=FOLDER     collections of a run and of the log, for the same titles
  twinset judge NAME=FILE NAME=FILE  precision@10 of collections by truth=, ratings= (with key=) or judge=FILE; page=FOLDER
                                     writes a blind rating page (images=SHARDS)
  twinset agreement file=FILE.csv columns=A,B,...               kappa and alpha of raters
  twinset launch --ranks N COMMAND   a command as N ranks on this machine, as in: twinset launch --ranks 2 train seed=2
  twinset check-gradients            proves that ranks and chunks give one big batch's gradients (ranks=2 steps=2)
  twinset pinlanding [overrides]     from a search log and a catalogue to shopping collections (stage=all|demand|extract|..., folder=)
  twinset quickstart                 the wardrobe, a sweep of 16 runs, the table, the report

)";

constexpr const char* kFolders =
    R"(Folders: hydra.run.dir=FOLDER (a run that is there goes on), hydra.sweep.dir=FOLDER (a sweep that is there goes on).
Ctrl-C saves and ends; the same command with the same folder goes on.
)";

std::string options_text() {
  std::string text = "Options\n";
  for (const CommandOption& option : command_options()) {
    const std::string names =
        (option.short_name.empty() ? "" : option.short_name + ", ") + option.name;
    text += fmt::format("  {:<24} {}\n", names, option.help);
    if (!option.value.empty()) text += fmt::format("  {:<24} {}\n", "", option.value);
  }
  return text;
}

// One line an option of the group: what can be chosen, with a star at what is chosen.
std::string groups_text(const CommandLine& line) {
  Composer composer = make_composer(line);
  const auto choices = compose_settings(line).choices;
  std::string text;
  for (const std::string& group : list_groups(find_config_dir(line.config_dir))) {
    std::string options;
    for (const std::string& option : composer.repository().options(group)) {
      const bool is_chosen =
          std::find(choices.begin(), choices.end(), std::pair(group, option)) != choices.end();
      options += (options.empty() ? "" : ", ") + option + (is_chosen ? "*" : "");
    }
    text += fmt::format("  {:<18} {}\n", group, options);
  }
  return text;
}

// The options with the values that the config gives them, a paragraph for each part of the config.
std::string run_options_text(const CommandLine& line) {
  const Node config = compose_settings(line).config;
  std::string text;
  std::vector<FieldInfo> part;
  std::string part_name;
  const auto end_part = [&] {
    if (!part.empty()) text += (text.empty() ? "" : "\n") + help_text(part);
    part.clear();
  };
  for (FieldInfo& field : describe_options<RunOptions>()) {
    const Node* value = config.find_path(field.name);
    if (field.type == "any" && value != nullptr && value->is_map()) {
      const Node* name = value->find("name");
      field.default_value = name != nullptr ? *name : Node();
      field.type = "plug-in";
    } else if (value != nullptr) {
      field.default_value = *value;
    }
    const size_t dot = field.name.find('.');
    const std::string name = dot == std::string::npos ? "" : field.name.substr(0, dot);
    if (name != part_name) end_part();
    part_name = name;
    part.push_back(std::move(field));
  }
  end_part();
  return text;
}

template <class R>
std::string plugin_text(const R& registry) {
  std::string text;
  for (const auto& [name, entry] : registry.entries()) {
    text += fmt::format("\n{}: {}\n  {}\n{}", registry.kind(), name, entry.help,
                        help_text(entry.options));
  }
  return text;
}

}  // namespace

std::string help_page(const CommandLine& line, const Plugins& plugins) {
  if (line.command == "wardrobe") {
    return "twinset wardrobe: render products from known attributes\n\n" +
           help_text(describe_options<wardrobe::WardrobeOptions>());
  }
  if (line.command == "score") return score_help();
  if (line.command == "search") return search_help(plugins);
  if (line.command != "train") return std::string(kCommands) + options_text() + kFolders;
  std::string text =
      "twinset train [options] [overrides]: one run, or with -m a sweep\n\n" + options_text();
  text +=
      "\nGroups and their choices (group=choice; * is chosen; another group is added by "
      "+group=choice)\n" +
      groups_text(line);
  text +=
      "\nOptions (option=value): type, value, meaning [unit] (range)\n" + run_options_text(line);
  text += "\nOptions of a sweep (option=value, with --multirun)\n" +
          help_text(describe_options<SweepSettings>());
  text += "\nOptions of the plug-ins (group.option=value)\n";
  return text + plugin_text(plugins.datasets) + plugin_text(plugins.encoders) +
         plugin_text(plugins.negatives) + plugin_text(plugins.losses) +
         plugin_text(plugins.optimizers) + plugin_text(plugins.schedules) +
         plugin_text(plugins.launchers) + plugin_text(plugins.searches) +
         plugin_text(plugins.protocols) + plugin_text(plugins.indexes);
}

}  // namespace twinset
