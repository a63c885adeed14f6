#include "experiments/twinset/run_model.h"

#include <ATen/Context.h>

#include "experiments/twinset/sweep_cache.h"

namespace twinset {
namespace {

std::unique_ptr<Encoder> make_optional(const Node& node, const EncoderContext& context,
                                       const EncoderRegistry& registry) {
  const Node* name = node.find("name");
  if (name != nullptr && *name == Node("none")) return nullptr;
  return registry.create(node, context);
}

}  // namespace

EncoderContext attribute_context(const RunOptions& options, const RunData& data) {
  return {.image_size = options.transform.image_size,
          .token_vocabulary = data.tokenizer->vocabulary_size(),
          .context_length = options.attribute_length,
          .embedding_dim = options.embedding_dim};
}

RunModel make_run_model(const RunOptions& options, const RunData& data, const Plugins& plugins) {
  at::manual_seed(static_cast<uint64_t>(options.seed));
  EncoderContext context = attribute_context(options, data);
  context.context_length = options.title_length;
  RunModel model;
  auto image = make_optional(options.encoder, context, plugins.encoders);
  auto title = make_optional(options.title_encoder, context, plugins.encoders);
  if (!image && !title) {
    throw ConfigError({.where = options.encoder.where("encoder"),
                       .what = "encoder and title_encoder are both none",
                       .expected = "at least one tower for products"});
  }
  model.encoders.query =
      make_product_encoder(std::move(image), std::move(title), options.fusion, context);
  model.encoders.document =
      plugins.encoders.create(options.attribute_encoder, attribute_context(options, data));
  model.loss = plugins.losses.create(options.loss);
  model.encoders.to_device(options.trainer.device);
  model.loss->to_device(options.trainer.device);
  return model;
}

std::unique_ptr<Loader> make_run_loader(const RunOptions& options, const RunData& data,
                                        const RunModel& model, const std::string& split,
                                        bool is_training, LoaderPosition position,
                                        const std::filesystem::path& broken_samples_file,
                                        const Communicator& ranks) {
  const SplitData& source = data.split(split);
  LoaderOptions loader = options.loader;
  if (!is_training) {
    loader.batch_size = options.evaluation.batch_size;
    loader.cache_decoded = false;
  }
  return std::make_unique<Loader>(
      LoaderSource{.dataset = source.dataset.get(),
                   .labels = &source.labels,
                   .titles = source.titles.defined() ? &source.titles : nullptr,
                   .with_images = model.encoders.query->reads_images(),
                   .transform = options.transform,
                   .is_training = is_training,
                   .seed = static_cast<uint64_t>(options.seed),
                   .rank = ranks.rank(),
                   .num_ranks = ranks.world_size(),
                   .shared_cache = options.loader.cache_decoded ? sweep_cache() : nullptr,
                   .data_set = digest(options.dataset.reader) + " " + split,
                   .broken_samples_file = broken_samples_file},
      loader, position);
}

}  // namespace twinset
