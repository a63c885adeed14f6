#include "experiments/twinset/run.h"

#include <ATen/Context.h>
#include <fmt/format.h>

#include "experiments/twinset/data_digest.h"
#include "experiments/twinset/environment.h"
#include "experiments/twinset/model_subject.h"
#include "experiments/twinset/rank_device.h"
#include "experiments/twinset/run_evaluation.h"
#include "experiments/twinset/run_negatives.h"
#include "experiments/twinset/run_teacher.h"
#include "framework/checkpoints/training_state.h"
#include "framework/core/atomic_file.h"
#include "framework/core/logging.h"
#include "framework/kernels/cuda_library.h"
#include "framework/optim/parameter_groups.h"

namespace twinset {
namespace {

nlohmann::ordered_json to_json(const Metrics& metrics) {
  auto json = nlohmann::ordered_json::object();
  for (const auto& [name, value] : metrics) json[name] = value;
  return json;
}

int64_t count_elements(const NamedTensors& tensors) {
  int64_t count = 0;
  for (const auto& [name, tensor] : tensors) count += tensor.numel();
  return count;
}

struct Prepared {
  RunOptions options;
  RunData data;
  RunModel model;
};

Prepared prepare(const Node& config, const Plugins& plugins, const std::filesystem::path& folder,
                 Communicator& ranks = single_process()) {
  Prepared run{.options = read_options<RunOptions>(config, ""), .data = {}, .model = {}};
  if (run.options.trainer.device != "cpu") require_cuda();
  run.options.trainer.device = rank_device(run.options.trainer.device);
  // What is rendered or learned once (data set, vocabulary, tokenizer) is rank 0's; the others read
  // it then.
  ranks.run_on_main("preparing the data",
                    [&] { run.data = load_run_data(run.options, plugins, folder); });
  if (!ranks.is_main()) run.data = load_run_data(run.options, plugins, folder);
  run.model = make_run_model(run.options, run.data, plugins);
  return run;
}

TrainingSummary train_run(Prepared& run, const Plugins& plugins,
                          const std::filesystem::path& folder, Communicator& ranks) {
  NamedTensors trainable = run.model.encoders.parameters();
  for (const auto& entry : run.model.loss->parameters()) trainable.push_back(entry);
  const auto optimizer = plugins.optimizers.create(run.options.optimizer, decay_groups(trainable));
  const auto schedule =
      plugins.schedules.create(run.options.schedule, run.options.trainer.num_steps);
  const auto negatives = make_run_negatives(run.options, run.data, run.model, plugins);
  TrainerParts parts{
      .model = &run.model.encoders,
      .negatives = negatives.get(),
      .loss = run.model.loss.get(),
      .optimizer = optimizer.get(),
      .communicator = &ranks,
      .schedule = schedule.get(),
      .make_loader =
          [&](LoaderPosition position) {
            return make_run_loader(
                run.options, run.data, run.model, "train", true, position,
                ranks.is_main() ? folder / "broken_samples.txt" : std::filesystem::path(), ranks);
          },
      .document_tokens = run.data.document_tokens,
      .seed = static_cast<uint64_t>(run.options.seed),
      .complete_candidates =
          read_teacher(run.options.teacher, run.data, run.options.trainer.device),
      .evaluate = {},
      .best_metric = run.options.evaluation.best_metric};
  if (run.options.trainer.evaluate_every > 0) {
    parts.evaluate = [&] { return evaluate_split(run.options, run.data, run.model, "val", {}); };
  }
  return train(parts, run.options.trainer, folder);
}

void load_weights(Prepared& run, const std::filesystem::path& file) {
  load_state(file, model_state(run.model.encoders, *run.model.loss));
}

// Rank 0's work once the weights are trained: choose them, evaluate them, write the result.
void finish_run(Prepared& run, const TrainingSummary& summary, const Node& config,
                const RunIdentity& identity, std::optional<double> joules,
                const std::filesystem::path& folder) {
  if (run.options.evaluation.select == "best") {
    if (summary.best_step == 0) {
      throw ConfigError(
          {.where = "evaluation.select",
           .what = "is 'best', but no validation took place",
           .todo = "set trainer.evaluate_every, and evaluation.best_metric to one of its metrics"});
    }
    load_weights(run, folder / "best.safetensors");
  }
  save_state(folder / "model.safetensors",
             {model_state(run.model.encoders, *run.model.loss), {{"step", summary.step}}});

  auto metrics = nlohmann::ordered_json::object();
  for (const char* split : {"val", "test"}) {
    std::vector<QueryValues> queries;
    metrics[split] = to_json(
        evaluate_split(run.options, run.data, run.model, split, folder / "embeddings", &queries));
    write_query_values(query_values_file(folder, split), queries);
  }
  auto choices = nlohmann::ordered_json::object();
  for (const auto& [key, value] : identity.choices) choices[key] = value;
  nlohmann::ordered_json result = {
      {"name", identity.name},
      {"choices", choices},
      {"overrides", identity.overrides},
      {"metrics", metrics},
      {"train",
       {{"seconds", summary.seconds},
        {"steps", summary.step},
        {"samples_per_second", summary.samples_per_second},
        {"loader_wait_seconds", summary.loader_wait_seconds},
        {"num_bad_steps", summary.num_bad_steps},
        {"final_loss", summary.final_loss},
        {"best_step", summary.best_step},
        {"inverse_temperature", run.model.loss->inverse_temperature()},
        {"parameters", count_elements(run.model.encoders.parameters())},
        {"query_parameters", count_elements(run.model.encoders.query->parameters())},
        {"peak_rss_mib", peak_rss_mib()}}},
      {"environment", environment()},
      {"digest", digest(config)},
      {"config", twinset::to_json(config)}};
  if (run.options.trainer.device != "cpu") result["environment"]["gpu"] = gpu_name();
  if (joules) result["train"]["energy_joules"] = *joules;
  auto digests = nlohmann::ordered_json::object();
  for (const auto& [split, data] : run.data.splits) digests[split] = data_digest(*data.dataset);
  result["data"] = digests;
  write_file(folder / "result.json", result.dump(1) + "\n");
}

}  // namespace

bool run_experiment(const Node& config, const RunIdentity& identity, const Plugins& plugins,
                    const std::filesystem::path& folder, Communicator& ranks) {
  Prepared run = prepare(config, plugins, folder, ranks);
  if (ranks.is_main()) write_file(folder / "config.yaml", to_yaml(config));
  log_info("{} training products, {} attributes, {} parameters{}",
           run.data.split("train").dataset->size(), run.data.vocabulary.size(),
           count_elements(run.model.encoders.parameters()),
           ranks.world_size() > 1 ? fmt::format(", {} ranks", ranks.world_size()) : "");
  const std::optional<double> joules_before = processor_joules();
  const TrainingSummary summary = train_run(run, plugins, folder, ranks);
  const std::optional<double> joules_after = processor_joules();
  if (!summary.is_complete) {
    log_info("interrupted at step {} of {}; run the same command again to go on", summary.step,
             run.options.trainer.num_steps);
    return false;
  }
  std::optional<double> joules;
  if (joules_before && joules_after && *joules_after > *joules_before)
    joules = *joules_after - *joules_before;
  ranks.run_on_main("evaluation",
                    [&] { finish_run(run, summary, config, identity, joules, folder); });
  return true;
}

Metrics evaluate_run(const Node& config, const Plugins& plugins,
                     const std::filesystem::path& folder, const std::string& split) {
  Prepared run = prepare(config, plugins, folder);
  if (run.data.splits.count(split) == 0)
    throw_unknown_name("split", "split", split, {"train", "val", "test"});
  load_weights(run, folder / "model.safetensors");
  std::vector<QueryValues> queries;
  Metrics metrics =
      evaluate_split(run.options, run.data, run.model, split, folder / "embeddings", &queries);
  write_query_values(query_values_file(folder, split), queries);
  return metrics;
}

Metrics judge_run(const Node& config, const Plugins& plugins, const std::filesystem::path& folder,
                  const std::string& split, const Node& protocol) {
  const auto judge = plugins.protocols.create(protocol);
  Prepared run = prepare(config, plugins, folder);
  load_weights(run, folder / "model.safetensors");
  const auto subject = make_model_subject(run.options, run.data, run.model);
  const ProtocolReport report = judge->run(*subject, split);
  write_query_values(query_values_file(folder, split + "." + protocol.at("name").as_string()),
                     report.queries);
  return report.metrics;
}

}  // namespace twinset
