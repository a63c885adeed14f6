#include "experiments/twinset/sweep_results.h"

#include <fmt/format.h>

#include <cstdio>

#include "eval/baselines/baseline_file.h"
#include "eval/report.h"
#include "eval/table.h"
#include "experiments/twinset/environment.h"
#include "experiments/twinset/report_examples.h"
#include "experiments/twinset/run_evaluation.h"
#include "framework/config/yaml.h"
#include "framework/core/atomic_file.h"
#include "framework/sweep/manifest.h"

namespace twinset {

std::vector<RunResult> read_sweep(const std::filesystem::path& folder) {
  if (std::filesystem::exists(folder / "result.json")) return {read_run_result(folder)};
  std::vector<RunResult> runs;
  bool has_finished = false;
  const bool is_sweep = std::filesystem::exists(Manifest::file_in(folder));
  for (const JobRecord& record : is_sweep ? Manifest(folder, Manifest::Open::kExisting).jobs() : std::vector<JobRecord>()) {
    const std::filesystem::path run = folder / record.job.folder;
    if (std::filesystem::exists(run / "result.json")) {
      runs.push_back(read_run_result(run));
      has_finished = true;
    } else if (record.state == JobState::kFailed) {
      runs.push_back({.folder = run, .name = record.job.folder, .choices = record.job.choices, .splits = {}, .train = {}, .failure = record.error});
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

std::filesystem::path write_results(const ResultsRequest& request, const Plugins& plugins) {
  const TableOptions options = read_table_options(load_yaml_file(request.table_config));
  const std::vector<RunResult> runs = read_sweep(request.sweep);
  const RunResult* best = best_run(runs, options.split, options.columns.front().metric);
  if (const RunResult* by_map = best_run(runs, options.split, "product_to_attribute.map")) best = by_map;
  if (best == nullptr) {
    throw ConfigError({.where = request.sweep.string(),
                       .what = "no run has the metric '" + options.columns.front().metric + "' on " + options.split,
                       .expected = "at least one finished run with it"});
  }
  std::vector<BaselineResult> baselines = baselines_of(read_run_config(best->folder), plugins, options.split);
  if (request.reference) {
    for (BaselineResult& row : read_baselines(*request.reference)) baselines.push_back(std::move(row));
  }
  nlohmann::ordered_json provenance = {{"command", request.command}, {"table", environment()}};
  provenance["runs"] = nlohmann::json::parse(read_file(best->folder / "result.json")).value("environment", nlohmann::json());

  Report report{.title = request.title, .question = request.question, .findings = {},
                .table = make_table(runs, baselines, options), .runs = runs};
  report.examples = report_examples(*best, plugins, options.split);
  for (const auto& [key, value] : provenance.items()) {
    report.provenance.emplace_back(key, value.is_string() ? value.get<std::string>() : value.dump());
  }
  write_table(report.table, request.out, "table");
  write_file(request.out / "provenance.json", provenance.dump(1) + "\n");
  write_report(report, request.out / "report.html");
  std::fputs(to_markdown(report.table).c_str(), stdout);
  return request.out / "report.html";
}

}  // namespace twinset
