#include "experiments/pinlanding/train/train_stage.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "experiments/pinlanding/training_config.h"
#include "experiments/twinset/run.h"
#include "experiments/twinset/run_options.h"
#include "framework/core/atomic_file.h"
#include "framework/core/logging.h"

namespace twinset::pinlanding {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> training_keys() {
  std::vector<std::string> keys;
  RunOptions options;
  options.visit([&](std::string_view name, auto&, const Field&) { keys.emplace_back(name); });
  return keys;
}

void check(const StageContext& context) {
  const auto options = read_options<RunOptions>(training_config(context.config), "");
  context.plugins.datasets.check(options.dataset.reader);
  context.plugins.negatives.check(options.negatives);
  context.plugins.losses.check(options.loss);
  context.plugins.optimizers.check(options.optimizer);
  context.plugins.schedules.check(options.schedule);
}

// A half-trained run of other inputs would be gone on with, its vocabulary included.
void remove_other_run(const StageContext& context, const fs::path& folder) {
  const fs::path mark = folder / "inputs.json";
  const std::string text = nlohmann::ordered_json{{"inputs", context.inputs_digest}}.dump() + "\n";
  if (fs::exists(mark) && read_file(mark) == text) return;
  if (fs::exists(folder) && !fs::is_empty(folder))
    log_info("train: removing a run of other inputs in {}", folder.string());
  fs::remove_all(folder);
  write_file(mark, text);
}

std::string run(const StageContext& context) {
  const fs::path folder = context.file("train");
  remove_other_run(context, folder);
  const RunIdentity identity{.name = "train", .choices = {}, .overrides = {}};
  if (!run_experiment(curated_training_config(context), identity, context.plugins, folder)) {
    throw Interrupted({.what = "interrupted while training; the same command goes on"});
  }
  const auto result = nlohmann::json::parse(read_file(folder / "result.json"));
  return fmt::format(
      "{} steps in {:.0f} s; against curated labels of the split test: mAP {:.3f}, hit@10 {:.3f}",
      result.at("train").at("steps").get<int64_t>(), result.at("train").at("seconds").get<double>(),
      result.at("metrics").at("test").at("product_to_attribute.map").get<double>(),
      result.at("metrics").at("test").value("product_to_attribute.hit@10", 0.0));
}

}  // namespace

Node curated_training_config(const StageContext& context) {
  Node config = training_config(context.config);
  Node reader = Node::map();
  reader.set("name", "relabelled");
  reader.set("inner", config.at("dataset").at("reader"));
  reader.set("file", context.file("curate/products.jsonl").string());
  reader.set("missing", "drop");  // products whose extraction failed
  config.set_path("dataset.reader", std::move(reader));
  return config;
}

Stage train_stage() {
  return {.name = "train",
          .help = "train the dual encoder on curated attributes",
          .reads = {"curate/products.jsonl"},
          .config_keys = training_keys(),
          .check = check,
          .external =
              [](const StageContext& context) {
                return dataset_files(context.config.at("dataset").at("reader"));
              },
          .run = run};
}

}  // namespace twinset::pinlanding
