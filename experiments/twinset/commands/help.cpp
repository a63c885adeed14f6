#include <fmt/format.h>

#include "datasets/wardrobe/wardrobe.h"
#include "experiments/twinset/commands/commands.h"
#include "experiments/twinset/run_options.h"
#include "experiments/twinset/sweep_plan.h"
#include "framework/config/compose.h"

namespace twinset {
namespace {

constexpr const char* kCommands = R"(twinset: contrastive dual-encoder experiments, from a config to a paper's tables

  twinset train [overrides]          one run, as in: twinset train loss=sigmoid encoder=vit seed=2
  twinset train -m [overrides]       a sweep: commas are choices, as in loss=info_nce,sup_con seed=1,2
  twinset eval run=FOLDER            a finished run by a protocol (split=val|test, protocol=NAME; default: attributes)
  twinset eval embeddings=FOLDER     the same for .npy files (dataset=NAME); baseline=random|raw_pixels for none at all
  twinset table runs=FOLDER          tables of a sweep: Markdown, LaTeX, CSV, HTML (table=configs/table/NAME, out=FOLDER)
  twinset report runs=FOLDER         tables, figures and one page with cases and provenance (title=, question=, finding=)
  twinset compare RUN RUN            two runs side by side (split=, out=FILE.html)
  twinset score run=A judgments=Q    metrics of TREC runs, and whether they differ (run=[A,B])
  twinset search documents=D queries=Q  nearest rows of .npy files (index=exact|flat|hnsw|ivf|pq, k=, out=RUN, recall=true)
  twinset baselines dataset=NAME     frequency prior, title keywords, BM25: no model at all
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
  twinset quickstart                 the wardrobe, a sweep of 16 runs, the table, the report

Options
  -m, --multirun         expand commas, choice(), range(), glob() into jobs; complete jobs are reused
  --cfg job [--resolve]  print the composed config and end
  --resume FOLDER        go on with a sweep, from its manifest; launcher.* and sweep.* may change
  --detach               the sweep goes on when this terminal closes
  --dry-run              with -m: print the jobs and end
  --config-dir DIR       folder of configs (default: TWINSET_CONFIGS, ./configs, or the installed ones)
  --config-name NAME     primary config (default: config)
  --log-level LEVEL      debug, info, warning, error
  -h, --help             this page; `twinset train --help` lists groups, choices and every option
Folders: hydra.run.dir=FOLDER (a run that is there goes on), hydra.sweep.dir=FOLDER (a sweep that is there goes on).
Ctrl-C saves and ends; the same command with the same folder goes on.
)";

template <class R>
std::string plugin_text(const R& registry) {
  std::string text;
  for (const auto& [name, entry] : registry.entries()) {
    text += fmt::format("\n{}: {}\n  {}\n{}", registry.kind(), name, entry.help, help_text(entry.options));
  }
  return text;
}

}  // namespace

std::string help_page(const CommandLine& line, const Plugins& plugins) {
  if (line.command == "wardrobe") {
    return "twinset wardrobe: render products from known attributes\n\n" + help_text(describe_options<wardrobe::WardrobeOptions>());
  }
  if (line.command == "score") return score_help();
  if (line.command == "search") return search_help(plugins);
  if (line.command != "train") return kCommands;
  const std::filesystem::path config_dir = find_config_dir(line.config_dir);
  std::string text = "twinset train: groups and their choices (group=choice)\n";
  for (const std::string& group : list_groups(config_dir)) {
    text += fmt::format("  {}: {}\n", group, fmt::join(list_options(config_dir, group), ", "));
  }
  text += "\nOptions (option=value)\n" + help_text(describe_options<RunOptions>());
  text += "\nOptions of a sweep (option=value, with --multirun)\n" + help_text(describe_options<SweepSettings>());
  text += "\nOptions of the plug-ins (group.option=value)\n";
  return text + plugin_text(plugins.datasets) + plugin_text(plugins.encoders) + plugin_text(plugins.negatives) +
         plugin_text(plugins.losses) + plugin_text(plugins.optimizers) + plugin_text(plugins.schedules) +
         plugin_text(plugins.launchers) + plugin_text(plugins.searches) + plugin_text(plugins.protocols) + plugin_text(plugins.indexes);
}

}  // namespace twinset
