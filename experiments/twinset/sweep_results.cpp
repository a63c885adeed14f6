#include "experiments/twinset/sweep_results.h"

#include <fmt/format.h>

#include <cstdio>

#include "eval/baselines/baseline_file.h"
#include "eval/report.h"
#include "eval/table.h"
#include "eval/table_significance.h"
#include "experiments/twinset/environment.h"
#include "experiments/twinset/report_examples.h"
#include "experiments/twinset/run_evaluation.h"
#include "experiments/twinset/sweep_figures.h"
#include "framework/config/yaml.h"
#include "framework/core/atomic_file.h"
#include "framework/sweep/manifest.h"

namespace twinset {

std::vector<RunResult> read_sweep(const std::filesystem::path& folder) {
  if (std::filesystem::exists(folder / "result.json")) return {read_run_result(folder)};
  std::vector<RunResult> runs;
  bool has_finished = false;
  const bool is_sweep = std::filesystem::exists(Manifest::file_in(folder));
  for (const JobRecord& record :
       is_sweep ? Manifest(folder, Manifest::Open::kExisting).jobs() : std::vector<JobRecord>()) {
    const std::filesystem::path run = folder / record.job.folder;
    if (std::filesystem::exists(run / "result.json")) {
      runs.push_back(read_run_result(run));
      has_finished = true;
    } else if (record.state == JobState::kFailed) {
      runs.push_back({.folder = run,
                      .name = record.job.folder,
                      .choices = record.job.choices,
                      .splits = {},
                      .train = {},
                      .failure = record.error});
    }
  }
  if (!has_finished) {
    throw ConfigError(
        {.where = folder.string(),
         .what = "holds no finished run",
         .expected = "a sweep's folder, or a run's",
         .todo = "run the sweep first: twinset train -m ... hydra.sweep.dir=" + folder.string()});
  }
  return runs;
}

Node read_run_config(const std::filesystem::path& run_folder) {
  return load_yaml_file(run_folder / "config.yaml");
}

std::vector<BaselineResult> baselines_of(const Node& config, const Plugins& plugins,
                                         const std::string& split) {
  const auto options = read_options<RunOptions>(config, "");
  const auto train = plugins.datasets.create(options.dataset.reader, "train");
  const auto products = plugins.datasets.create(options.dataset.reader, split);
  const AttributeVocabulary vocabulary =
      AttributeVocabulary::build(*train, options.dataset.vocabulary);
  const SparsePairs labels = label_table(*products, vocabulary);
  return evaluate_baselines(train.get(), *products, {labels, vocabulary},
                            protocol_options(options));
}

namespace {

// What tables and report are made of.
struct SweepResults {
  TableOptions options;
  std::vector<RunResult> runs;
  const RunResult* best = nullptr;  ///< of `runs`
  Table table;
  nlohmann::ordered_json provenance;
};

SweepResults collect(const ResultsRequest& request, const Plugins& plugins) {
  SweepResults results{.options = read_table_options(load_yaml_file(request.table_config)),
                       .runs = read_sweep(request.sweep),
                       .table = {},
                       .provenance = {}};
  const std::string& split = results.options.split;
  results.best = best_run(results.runs, split, results.options.columns.front().metric);
  if (const RunResult* by_map = best_run(results.runs, split, "product_to_attribute.map"))
    results.best = by_map;
  if (results.best == nullptr) {
    throw ConfigError({.where = request.sweep.string(),
                       .what = "no run has the metric '" + results.options.columns.front().metric +
                               "' on " + split,
                       .expected = "at least one finished run with it"});
  }
  std::vector<BaselineResult> baselines =
      baselines_of(read_run_config(results.best->folder), plugins, split);
  if (request.reference) {
    for (BaselineResult& row : read_baselines(*request.reference))
      baselines.push_back(std::move(row));
  }
  results.table = make_table(results.runs, baselines, results.options);
  mark_significance(results.table, results.runs, results.options);
  const auto result =
      nlohmann::ordered_json::parse(read_file(results.best->folder / "result.json"));
  results.provenance = {{"command", request.command},
                        {"table", environment()},
                        {"runs", result.value("environment", nlohmann::ordered_json())}};
  if (result.contains("data")) results.provenance["data"] = result["data"];
  return results;
}

// {"commit": "abc", "cores": 2} as "commit abc, cores 2".
std::string facts_text(const nlohmann::ordered_json& object) {
  std::string text;
  for (const auto& [key, value] : object.items()) {
    std::string shown = value.is_string()         ? value.get<std::string>()
                        : value.is_number_float() ? fmt::format("{:.1f}", value.get<double>())
                                                  : value.dump();
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", key, shown);
  }
  return text;
}

std::string spent_text(const std::vector<RunResult>& runs) {
  double seconds = 0, joules = 0;
  size_t num_measured = 0;
  for (const RunResult& run : runs) {
    if (const double* value = find_metric(run.train, "seconds")) seconds += *value;
    if (const double* value = find_metric(run.train, "energy_joules"))
      joules += *value, ++num_measured;
  }
  const std::string energy =
      num_measured == 0
          ? "the processors' energy counters can't be read here"
          : fmt::format("{:.1f} kJ of the processors in {} of them", joules / 1e3, num_measured);
  return fmt::format("{} runs, {:.0f} s of training; {}", runs.size(), seconds, energy);
}

std::vector<std::pair<std::string, std::string>> provenance_rows(const SweepResults& results) {
  std::vector<std::pair<std::string, std::string>> rows;
  for (const auto& [key, value] : results.provenance.items())
    rows.emplace_back(key, value.is_object()   ? facts_text(value)
                           : value.is_string() ? value.get<std::string>()
                                               : value.dump());
  rows.emplace_back("spent", spent_text(results.runs));
  return rows;
}

void write_tables(const ResultsRequest& request, const SweepResults& results) {
  write_table(results.table, request.out, "table");
  write_file(request.out / "provenance.json", results.provenance.dump(1) + "\n");
  std::fputs(to_markdown(results.table).c_str(), stdout);
}

}  // namespace

void write_tables(const ResultsRequest& request, const Plugins& plugins) {
  write_tables(request, collect(request, plugins));
}

std::filesystem::path write_results(const ResultsRequest& request, const Plugins& plugins) {
  const SweepResults results = collect(request, plugins);
  write_tables(request, results);
  Report report{.title = request.title,
                .question = request.question,
                .findings = request.findings,
                .table = results.table,
                .runs = results.runs};
  const EvaluatedRun best = evaluate_products(results.best->folder, plugins, results.options.split);
  report.figures = draw_sweep_figures(results.table, results.runs, best, results.best->name,
                                      results.options.split, request.out / "figures");
  report.examples = report_examples(best, results.best->name, results.options.split);
  std::vector<Node> configs = {read_run_config(results.best->folder)};
  report.configured = {results.best->name};
  report.config = to_yaml(configs[0]);
  for (const RunResult& run : results.runs) {
    if (&run == results.best || !std::filesystem::exists(run.folder / "config.yaml")) continue;
    configs.push_back(read_run_config(run.folder));
    report.configured.push_back(run.name);
  }
  report.differences = config_differences(configs);
  report.provenance = provenance_rows(results);
  write_report(report, request.out / "report.html");
  return request.out / "report.html";
}

}  // namespace twinset
