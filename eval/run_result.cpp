#include "eval/run_result.h"

#include <nlohmann/json.hpp>

#include "framework/core/atomic_file.h"
#include "framework/core/error.h"

namespace twinset {
namespace {

using Json = nlohmann::ordered_json;

Json numbers_to_json(const Metrics& metrics) {
  Json json = Json::object();
  for (const auto& [name, value] : metrics) json[name] = value;
  return json;
}

const Json& object_at(const Json& json, const std::string& key, const std::filesystem::path& file) {
  static const Json kNone = Json::object();
  if (!json.contains(key)) return kNone;
  if (!json[key].is_object()) {
    throw DataError({.where = file.string(),
                     .what = "'" + key + "' is " + json[key].type_name(),
                     .expected = "an object"});
  }
  return json[key];
}

Metrics numbers_at(const Json& json, const std::string& key, const std::filesystem::path& file) {
  Metrics metrics;
  for (const auto& [name, value] : object_at(json, key, file).items()) {
    if (value.is_null()) continue;
    if (!value.is_number()) {
      throw DataError({.where = file.string(),
                       .what = "'" + key + "." + name + "' is " + value.type_name(),
                       .expected = "a number"});
    }
    metrics.emplace_back(name, value.get<double>());
  }
  return metrics;
}

}  // namespace

std::string RunResult::choice(const std::string& key) const {
  for (const auto& [chosen, value] : choices) {
    if (chosen == key) return value;
  }
  return "";
}

const double* RunResult::find(const std::string& split, const std::string& metric) const {
  static const std::string kTrain = "train.";
  if (metric.starts_with(kTrain)) return find_metric(train, metric.substr(kTrain.size()));
  for (const auto& [split_name, metrics] : splits) {
    if (split_name == split) return find_metric(metrics, metric);
  }
  return nullptr;
}

std::vector<std::string> RunResult::metric_names(const std::string& split) const {
  std::vector<std::string> names;
  for (const auto& [split_name, metrics] : splits) {
    if (split_name != split) continue;
    for (const auto& [metric, value] : metrics) names.push_back(metric);
  }
  for (const auto& [metric, value] : train) names.push_back("train." + metric);
  return names;
}

void write_run_result(const RunResult& run) {
  Json json{{"name", run.name}, {"choices", Json::object()}, {"metrics", Json::object()}};
  for (const auto& [key, value] : run.choices) json["choices"][key] = value;
  for (const auto& [split, metrics] : run.splits) json["metrics"][split] = numbers_to_json(metrics);
  if (!run.train.empty()) json["train"] = numbers_to_json(run.train);
  if (!run.failure.empty()) json["failure"] = run.failure;
  write_file(run.folder / "result.json", json.dump(2) + "\n");
}

RunResult read_run_result(const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / "result.json";
  if (!std::filesystem::exists(file)) {
    throw DataError({.where = folder.string(),
                     .what = "has no result.json",
                     .expected = "the folder of a finished run",
                     .todo = "let the run finish, or take the folder out of the list"});
  }
  const Json json = Json::parse(read_file(file), nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) {
    throw DataError({.where = file.string(),
                     .what = json.is_discarded() ? "is no JSON" : "is no JSON object",
                     .expected = "a run's result"});
  }
  RunResult run;
  run.folder = folder;
  run.name = json.contains("name") && json["name"].is_string() ? json["name"].get<std::string>()
                                                               : folder.filename().string();
  for (const auto& [key, value] : object_at(json, "choices", file).items()) {
    run.choices.emplace_back(key, value.is_string() ? value.get<std::string>() : value.dump());
  }
  const Json& splits = object_at(json, "metrics", file);
  for (const auto& [split, metrics] : splits.items())
    run.splits.emplace_back(split, numbers_at(splits, split, file));
  run.train = numbers_at(json, "train", file);
  if (json.contains("failure") && json["failure"].is_string())
    run.failure = json["failure"].get<std::string>();
  if (run.failure.empty() && run.splits.empty()) {
    throw DataError({.where = file.string(),
                     .what = "has neither 'metrics' nor 'failure'",
                     .expected = "one of them"});
  }
  return run;
}

std::vector<RunResult> read_run_results(const std::vector<std::filesystem::path>& folders) {
  if (folders.empty()) {
    throw ConfigError({.where = "runs",
                       .what = "the list of run folders is empty",
                       .expected = "at least one",
                       .todo = "check the glob"});
  }
  std::vector<RunResult> runs;
  for (const auto& folder : folders) runs.push_back(read_run_result(folder));
  return runs;
}

}  // namespace twinset
