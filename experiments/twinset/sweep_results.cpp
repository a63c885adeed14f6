#include "experiments/twinset/sweep_results.h"

#include <fmt/format.h>

#include <cstdio>

#include "eval/table.h"
#include "experiments/twinset/environment.h"
#include "experiments/twinset/run_evaluation.h"
#include "framework/config/yaml.h"
#include "framework/core/atomic_file.h"
#include "framework/sweep/manifest.h"

namespace twinset {

std::vector<RunResult> read_sweep(const std::filesystem::path& folder) {
  if (std::filesystem::exists(folder / "result.json")) return {read_run_result(folder)};
  std::vector<RunResult> runs;
  bool has_finished = false;
  const Manifest manifest(folder);
  for (const JobRecord& job : manifest.jobs()) {
    if (std::filesystem::exists(folder / job.folder / "result.json")) {
      runs.push_back(read_run_result(folder / job.folder));
      has_finished = true;
    } else if (job.state == JobState::kFailed) {
      RunResult failed{.folder = folder / job.folder, .name = job.folder, .choices = {}, .splits = {}, .train = {}, .failure = job.error};
      for (const std::string& text : job.overrides) {
        const size_t equals = text.find('=');
        failed.choices.emplace_back(text.substr(0, equals), equals == std::string::npos ? "" : text.substr(equals + 1));
      }
      runs.push_back(std::move(failed));
    }
  }
  if (!has_finished) {
    throw ConfigError({.where = folder.string(), .what = "holds no finished run", .expected = "a sweep's folder, or a run's",
                       .todo = "run the sweep first: twinset train -m ... hydra.sweep.dir=" + folder.string()});
  }
  return runs;
}

Node read_run_config(const std::filesystem::path& run_folder) { return load_yaml_file(run_folder / "config.yaml"); }

std::vector<BaselineResult> baselines_of(const Node& config, const Plugins& plugins, const std::string& split) {
  const auto options = read_options<RunOptions>(config, "");
  const auto train = plugins.datasets.create(options.dataset.reader, "train");
  const auto products = plugins.datasets.create(options.dataset.reader, split);
  const AttributeVocabulary vocabulary = AttributeVocabulary::build(*train, options.dataset.vocabulary);
  const SparsePairs labels = label_table(*products, vocabulary);
  return evaluate_baselines(*products, {labels, vocabulary}, protocol_options(options));
}

std::filesystem::path write_results(const std::filesystem::path& sweep, const std::filesystem::path& table_config,
                                    const std::filesystem::path& out, const std::string& command, const Plugins& plugins) {
  const TableOptions options = read_table_options(load_yaml_file(table_config));
  const std::vector<RunResult> runs = read_sweep(sweep);
  const RunResult* finished = nullptr;
  for (const RunResult& run : runs) {
    if (run.failure.empty() && finished == nullptr) finished = &run;
  }
  const std::vector<BaselineResult> baselines = baselines_of(read_run_config(finished->folder), plugins, options.split);
  const Table table = make_table(runs, baselines, options);
  write_table(table, out, "table");
  nlohmann::ordered_json provenance = environment();
  provenance["command"] = command;
  write_file(out / "provenance.json", provenance.dump(1) + "\n");
  std::fputs(to_markdown(table).c_str(), stdout);
  return out / "table.md";
}

}  // namespace twinset
