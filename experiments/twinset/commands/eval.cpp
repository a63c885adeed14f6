#include <fmt/format.h>

#include <cstdio>

#include "eval/subjects/file_subject.h"
#include "eval/subjects/pixel_subject.h"
#include "experiments/twinset/commands/commands.h"
#include "experiments/twinset/jobs.h"
#include "experiments/twinset/model_subject.h"
#include "experiments/twinset/run.h"
#include "framework/config/yaml.h"
#include "framework/core/atomic_file.h"

namespace twinset {
namespace {

void print(const Metrics& metrics) {
  for (const auto& [name, value] : metrics)
    std::puts(fmt::format("{:<64} {:.6f}", name, value).c_str());
}

Node run_config(const std::string& run, const std::vector<std::string>& overrides) {
  Node config = load_yaml_file(std::filesystem::path(run) / "config.yaml");
  for (const std::string& text : overrides) {
    const size_t equals = text.find('=');
    const std::string key = text.substr(0, equals);
    if (equals == std::string::npos || config.find_path(key) == nullptr) {
      throw_unknown_name(text, "key", key,
                         {"run", "split", "protocol", "evaluation.export_embeddings",
                          "evaluation.inputs", "evaluation.mirror", "trainer.precision"});
    }
    config.set_path(
        key, load_yaml("value: " + text.substr(equals + 1), "override '" + text + "'").at("value"));
  }
  return config;
}

int eval_run(const CommandLine& line, const Plugins& plugins, std::vector<std::string> overrides,
             const std::string& run, const std::string& split) {
  const bool is_default = std::ranges::none_of(
      overrides, [](const std::string& text) { return text.starts_with("protocol"); });
  if (is_default) {
    print(evaluate_run(run_config(run, overrides), plugins, run, split));
    return 0;
  }
  const auto saved =
      read_options<RunOptions>(load_yaml_file(std::filesystem::path(run) / "config.yaml"), "");
  const Node protocol = take_protocol(overrides, find_config_dir(line.config_dir), saved);
  print(judge_run(run_config(run, overrides), plugins, run, split, protocol));
  return 0;
}

// Embeddings from files, or a baseline: the config says what the data are, no model is made.
int eval_without_model(const CommandLine& line, const Plugins& plugins,
                       std::vector<std::string> overrides, const std::string& embeddings,
                       const std::string& baseline, const std::string& split) {
  std::vector<std::string> for_config;
  for (const std::string& text : overrides) {
    if (!text.starts_with("protocol")) for_config.push_back(text);
  }
  const auto options = read_options<RunOptions>(compose_config(line, for_config), "");
  const auto protocol =
      plugins.protocols.create(take_protocol(overrides, find_config_dir(line.config_dir), options));
  const OpenData data = open_data(options, plugins);
  std::unique_ptr<Subject> subject;
  if (!embeddings.empty())
    subject = make_file_subject(embeddings, split_opener(data), data.vocabulary);
  else if (baseline == "random")
    subject = make_random_subject(split_opener(data), data.vocabulary,
                                  static_cast<uint64_t>(options.seed));
  else if (baseline == "raw_pixels")
    subject = make_pixel_subject(split_opener(data), data.vocabulary);
  else
    throw_unknown_name("baseline", "baseline", baseline, {"random", "raw_pixels"});
  const ProtocolReport report = protocol->run(*subject, split);
  if (!embeddings.empty()) write_query_values(query_values_file(embeddings, split), report.queries);
  print(report.metrics);
  return 0;
}

}  // namespace

int eval_command(const CommandLine& line, const Plugins& plugins) {
  std::vector<std::string> overrides = line.overrides;
  const auto run = take_override(overrides, "run"),
             embeddings = take_override(overrides, "embeddings"),
             baseline = take_override(overrides, "baseline");
  const std::string split = take_override(overrides, "split").value_or("test");
  if (run.has_value() + embeddings.has_value() + baseline.has_value() != 1) {
    throw ConfigError(
        {.what = run || embeddings || baseline ? "run, embeddings and baseline exclude each other"
                                               : "no run is named",
         .expected = "run=FOLDER of a finished run, embeddings=FOLDER of .npy files, or "
                     "baseline=random|raw_pixels",
         .todo =
             "for example: twinset eval run=outputs/2026-03-01/12-00-00 split=test protocol=knn"});
  }
  if (run) return eval_run(line, plugins, overrides, *run, split);
  return eval_without_model(line, plugins, overrides, embeddings.value_or(""),
                            baseline.value_or(""), split);
}

}  // namespace twinset
