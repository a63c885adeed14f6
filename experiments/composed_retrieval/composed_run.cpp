#include "experiments/composed_retrieval/composed_run.h"

#include <ATen/ops/arange.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdio>
#include <optional>

#include "eval/protocols/composed_retrieval.h"
#include "eval/subjects/pixel_subject.h"
#include "eval/table.h"
#include "eval/table_significance.h"
#include "experiments/composed_retrieval/composed_model.h"
#include "experiments/twinset/environment.h"
#include "experiments/twinset/jobs.h"
#include "experiments/twinset/model_subject.h"
#include "experiments/twinset/rank_device.h"
#include "framework/checkpoints/training_state.h"
#include "framework/config/yaml.h"
#include "framework/core/atomic_file.h"
#include "framework/core/logging.h"
#include "framework/kernels/cuda_library.h"
#include "framework/optim/parameter_groups.h"
#include "framework/trainer/trainer.h"

namespace twinset {
namespace {

// What all rows share.
struct ComposedExperiment {
  ComposedRunOptions options;
  Node config;
  const Plugins& plugins;
  std::unique_ptr<Dataset> train, judged;
  ComposedGallery train_gallery, judged_gallery;
  AttributeVocabulary vocabulary;
  std::unique_ptr<ComposedPairs> pairs;
  std::unique_ptr<Tokenizer> tokenizer;
  at::Tensor tokens;  ///< [pairs, title_length] of the modification texts
};

ComposedExperiment prepare(const Node& config, const Plugins& plugins) {
  ComposedExperiment experiment{.options = read_options<ComposedRunOptions>(config, ""),
                                .config = config,
                                .plugins = plugins,
                                .train = {},
                                .judged = {},
                                .train_gallery = {},
                                .judged_gallery = {},
                                .vocabulary = {},
                                .pairs = {},
                                .tokenizer = {},
                                .tokens = {}};
  ComposedRunOptions& options = experiment.options;
  if (options.trainer.device != "cpu") require_cuda();
  options.trainer.device = rank_device(options.trainer.device);
  experiment.train = plugins.datasets.create(options.dataset.reader, "train");
  experiment.judged = plugins.datasets.create(options.dataset.reader, options.composed.split);
  experiment.vocabulary = AttributeVocabulary::build(*experiment.train, options.dataset.vocabulary);
  experiment.train_gallery =
      decode_gallery(*experiment.train, options.transform, options.loader.cache_gigabytes);
  experiment.judged_gallery =
      decode_gallery(*experiment.judged, options.transform, options.loader.cache_gigabytes);
  experiment.pairs =
      std::make_unique<ComposedPairs>(experiment.train_gallery, options.composed.draws_per_image,
                                      static_cast<uint64_t>(options.seed));
  const std::vector<std::string> texts = experiment.pairs->texts();
  experiment.tokenizer = learn_byte_pair_tokenizer(texts, options.tokenizer);
  experiment.tokens = tokenize(*experiment.tokenizer, texts, options.title_length);
  log_info("{} training images, {} pairs of an image and a text; {} images to judge",
           experiment.train_gallery.samples.size(), experiment.pairs->size(),
           experiment.judged_gallery.samples.size());
  return experiment;
}

ComposedRetrievalOptions protocol_of(const ComposedExperiment& experiment,
                                     const std::string& composition) {
  return {.composition = composition,
          .seed = experiment.options.composed.test_seed,
          .cuts = {1, 10, 50}};
}

std::optional<TrainingSummary> train_row(const ComposedExperiment& experiment, ComposedModel& model,
                                         int64_t seed, const std::filesystem::path& folder) {
  const ComposedRunOptions& options = experiment.options;
  NamedTensors trainable = model.model.encoders.parameters();
  for (const auto& entry : model.model.loss->parameters()) trainable.push_back(entry);
  const auto optimizer =
      experiment.plugins.optimizers.create(options.optimizer, decay_groups(trainable));
  const auto schedule =
      experiment.plugins.schedules.create(options.schedule, options.trainer.num_steps);
  const auto num_images = static_cast<int64_t>(experiment.train_gallery.samples.size());
  const auto negatives = experiment.plugins.negatives.create(
      options.negatives,
      NegativesContext{
          .num_documents = num_images,
          .document_counts = std::vector<int64_t>(static_cast<size_t>(num_images), 1),
          .num_samples = experiment.pairs->size(),
          .embedding_dim = options.embedding_dim,
          .labels = &experiment.pairs->targets(),
          .memory = at::TensorOptions(at::kFloat).device(at::Device(options.trainer.device))});
  const Encoder& query = *model.model.encoders.query;
  const TrainerParts parts{
      .model = &model.model.encoders,
      .negatives = negatives.get(),
      .loss = model.model.loss.get(),
      .optimizer = optimizer.get(),
      .communicator = nullptr,
      .schedule = schedule.get(),
      .make_loader =
          [&](LoaderPosition position) {
            return std::make_unique<Loader>(
                LoaderSource{.dataset = experiment.pairs.get(),
                             .labels = &experiment.pairs->targets(),
                             .titles = query.reads_tokens() ? &experiment.tokens : nullptr,
                             .with_images = query.reads_images(),
                             .transform = options.transform,
                             .is_training = true,
                             .seed = static_cast<uint64_t>(seed),
                             .data_set = {},
                             .broken_samples_file = folder / "broken_samples.txt"},
                options.loader, position);
          },
      .document_tokens = at::arange(num_images, at::kLong).unsqueeze(1),
      .seed = static_cast<uint64_t>(seed),
      .complete_candidates = {},
      .evaluate = {},
      .best_metric = {}};
  const TrainingSummary summary = train(parts, options.trainer, folder);
  if (!summary.is_complete) return std::nullopt;
  return summary;
}

// Trains and judges one row with one seed, or reads what an earlier call left. None: interrupted.
std::optional<RunResult> run_row(const ComposedExperiment& experiment, const std::string& query,
                                 int64_t seed, const std::filesystem::path& folder) {
  const ComposedRunOptions& options = experiment.options;
  const std::string config = to_yaml(experiment.config);
  if (std::filesystem::exists(folder / "config.yaml") &&
      read_file(folder / "config.yaml") != config) {
    throw ConfigError({.where = folder.string(),
                       .what = "holds a run with another configuration",
                       .expected = "the same, or a new folder",
                       .todo = "set out= to another folder"});
  }
  if (std::filesystem::exists(folder / "result.json")) return read_run_result(folder);
  std::filesystem::create_directories(folder);
  write_file(folder / "config.yaml", config);
  log_info("composed retrieval: {} (seed {})", query, seed);
  ComposedModel model = make_composed_model(options, query, seed, *experiment.tokenizer,
                                            experiment.train_gallery, experiment.plugins);
  const auto summary = train_row(experiment, model, seed, folder);
  if (!summary) return std::nullopt;
  save_state(folder / "model.safetensors",
             {model_state(model.model.encoders, *model.model.loss), {{"step", summary->step}}});
  const auto subject =
      make_composed_subject(options, options.composed.split, experiment.judged_gallery,
                            experiment.vocabulary, *experiment.tokenizer, model);
  const ProtocolReport report = make_composed_retrieval(protocol_of(experiment, "tower"))
                                    ->run(*subject, options.composed.split);
  write_query_values(query_values_file(folder, options.composed.split), report.queries);
  const RunResult result{
      .folder = folder,
      .name = fmt::format("{}.{}", query, seed),
      .choices = {{"query", query}, {"seed", std::to_string(seed)}},
      .splits = {{options.composed.split, report.metrics}},
      .train = {{"seconds", summary->seconds},
                {"steps", static_cast<double>(summary->step)},
                {"final_loss", summary->final_loss},
                {"inverse_temperature", model.model.loss->inverse_temperature()}},
      .failure = {}};
  write_run_result(result);
  return result;
}

// A subject's images alone as queries, under the names of the rows' metrics.
BaselineResult image_baseline(const ComposedExperiment& experiment, const std::string& name,
                              Subject& subject) {
  BaselineResult baseline{.name = name, .source = {}, .metrics = {}};
  const std::string prefix = "composed_retrieval.image.";
  for (const auto& [metric, value] : make_composed_retrieval(protocol_of(experiment, "image"))
                                         ->run(subject, experiment.options.composed.split)
                                         .metrics) {
    if (metric.starts_with(prefix))
      baseline.metrics.emplace_back("composed_retrieval.tower." + metric.substr(prefix.size()),
                                    value);
  }
  return baseline;
}

std::vector<BaselineResult> baselines(const ComposedExperiment& experiment) {
  const OpenSplit open = [&](const std::string& split) -> const Dataset& {
    return split == "train" ? *experiment.train : *experiment.judged;
  };
  const auto random = make_random_subject(open, experiment.vocabulary,
                                          static_cast<uint64_t>(experiment.options.seed));
  const auto pixels = make_pixel_subject(open, experiment.vocabulary);
  return {image_baseline(experiment, "random", *random),
          image_baseline(experiment, "raw pixels, image only", *pixels)};
}

}  // namespace

int composed_retrieval_command(const CommandLine& line, const Plugins& plugins) {
  std::vector<std::string> overrides = line.overrides;
  const auto out = take_override(overrides, "out");
  if (!out) {
    throw ConfigError({.where = "composed-retrieval",
                       .what = "no folder is named",
                       .expected = "out=FOLDER",
                       .todo = "for example: twinset composed-retrieval out=outputs/composed "
                               "dataset.reader.root=outputs/data/fashion200k"});
  }
  overrides.insert(overrides.begin(), "+experiment=composed_retrieval");
  const ComposedExperiment experiment = prepare(compose_config(line, overrides), plugins);
  const ComposedOptions& composed = experiment.options.composed;
  std::vector<RunResult> runs;
  for (const std::string& query : composed.queries) {
    for (const int64_t seed : composed.seeds) {
      const auto result = run_row(experiment, query, seed,
                                  std::filesystem::path(*out) / fmt::format("{}.{}", query, seed));
      if (!result) {
        log_info("interrupted; run the same command again to go on");
        return 130;
      }
      runs.push_back(*result);
    }
  }
  TableOptions options = read_table_options(
      load_yaml_file(find_config_dir(line.config_dir) / "table/composed_tower.yaml"));
  options.split = composed.split;
  Table table = make_table(runs, baselines(experiment), options);
  mark_significance(table, runs, options);
  write_table(table, *out, "table");
  const nlohmann::ordered_json provenance = {
      {"command", fmt::format("twinset composed-retrieval {}", fmt::join(line.overrides, " "))},
      {"table", environment()}};
  write_file(std::filesystem::path(*out) / "provenance.json", provenance.dump(1) + "\n");
  std::fputs(to_markdown(table).c_str(), stdout);
  return 0;
}

}  // namespace twinset
