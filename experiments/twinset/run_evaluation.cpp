#include "experiments/twinset/run_evaluation.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/zeros_like.h>

#include <chrono>

#include "eval/export_embeddings.h"
#include "eval/protocols/attributes.h"
#include "eval/tuples.h"
#include "framework/core/interrupt.h"
#include "framework/tracking/progress.h"

namespace twinset {
namespace {

at::Tensor unit_rows(const at::Tensor& rows) { return rows.div(at::linalg_vector_norm(rows, 2, {1}, true).clamp_min(1e-12)); }

std::vector<std::string> ids_of(const Dataset& dataset, const std::vector<int64_t>& samples) {
  std::vector<std::string> ids;
  for (int64_t sample : samples) ids.push_back(dataset.record(sample).id);
  return ids;
}

}  // namespace

EvaluationOptions protocol_options(const RunOptions& options) {
  EvaluationOptions result;
  result.tuple_to_product.keys = options.dataset.tuple_keys;
  result.tuple_to_product.least = options.evaluation.min_products_per_tuple;
  return result;
}

EmbeddedSplit embed_split(const RunOptions& options, const RunData& data, RunModel& model, const std::string& split) {
  const at::NoGradGuard no_grad;
  const auto begin = std::chrono::steady_clock::now();
  const Precision precision = parse_precision(options.trainer.precision);
  model.encoders.set_training(false);
  const std::string& inputs = options.evaluation.inputs;
  if ((inputs == "image" && !model.encoders.query->reads_images()) || (inputs == "title" && !model.encoders.query->reads_tokens())) {
    throw ConfigError({.where = "evaluation.inputs", .what = "is '" + inputs + "', which this run's products are not embedded from", .expected = "both"});
  }
  const at::Tensor no_title = tokenize(*data.tokenizer, {""}, options.title_length);
  const auto loader = make_run_loader(options, data, model, split, false, {}, {});
  Encoder& encoder = *model.encoders.query;
  Progress progress("embed " + split, data.split(split).dataset->size(), "products");
  EmbeddedSplit result;
  result.labels.num_columns = data.vocabulary.size();
  std::vector<at::Tensor> parts;
  while (const std::optional<Batch> batch = loader->next()) {
    if (interrupt_requested()) throw Interrupted({.what = "interrupted while embedding " + split});
    EncoderInput input = query_input(*batch, precision, options.trainer.device);
    if (inputs == "title" && input.images.defined()) input.images = at::zeros_like(input.images);
    if (inputs == "image" && input.tokens.defined()) input.tokens = no_title.to(input.tokens.device()).expand_as(input.tokens).contiguous();
    at::Tensor embeddings = embed(encoder, input, precision);
    if (options.evaluation.mirror && input.images.defined()) {
      input.images = input.images.flip({3}).contiguous(at::MemoryFormat::ChannelsLast);
      embeddings = unit_rows(embeddings + embed(encoder, input, precision));
    }
    parts.push_back(embeddings.cpu());
    result.samples.insert(result.samples.end(), batch->samples.begin(), batch->samples.end());
    for (int64_t i = 0; i < batch->size(); ++i) result.labels.add_row(batch->labels.row(i));
    progress.update(static_cast<int64_t>(result.samples.size()));
  }
  if (parts.empty()) throw DataError({.where = split, .what = "no product could be read", .expected = "at least one"});
  result.embeddings = at::cat(parts);
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return result;
}

at::Tensor embed_phrases(const RunOptions& options, const RunData& data, RunModel& model,
                         const std::vector<std::string>& phrases) {
  const at::NoGradGuard no_grad;
  model.encoders.set_training(false);
  const at::Tensor tokens = tokenize(*data.tokenizer, phrases, options.attribute_length).to(at::Device(options.trainer.device));
  return embed(*model.encoders.document, {.images = {}, .tokens = tokens}, parse_precision(options.trainer.precision)).cpu();
}

Metrics evaluate_split(const RunOptions& options, const RunData& data, RunModel& model, const std::string& split,
                       const std::filesystem::path& folder, std::vector<QueryValues>* queries) {
  const EmbeddedSplit embedded = embed_split(options, data, model, split);
  const EvaluationOptions protocols = protocol_options(options);
  EvaluationInput input;
  input.product_embeddings = embedded.embeddings;
  input.attribute_embeddings = embed_phrases(options, data, model, data.vocabulary.phrases());
  input.inverse_temperature = model.loss->inverse_temperature();
  input.labels = &embedded.labels;
  input.vocabulary = &data.vocabulary;
  std::vector<std::string> phrases;
  if (!options.dataset.tuple_keys.empty()) {
    for (const AttributeTuple& tuple :
         tuples(embedded.labels, data.vocabulary, options.dataset.tuple_keys, options.evaluation.min_products_per_tuple)) {
      phrases.push_back(tuple_phrase(tuple, data.vocabulary));
    }
    if (!phrases.empty()) input.phrase_embeddings = embed_phrases(options, data, model, phrases);
  }
  if (!folder.empty() && options.evaluation.export_embeddings) {
    export_embeddings({.phrases = data.vocabulary.phrases(),
                       .attribute_embeddings = input.attribute_embeddings,
                       .splits = {{split, ids_of(*data.split(split).dataset, embedded.samples), embedded.embeddings}},
                       .inverse_temperature = input.inverse_temperature,
                       .tuple_phrases = phrases,
                       .tuple_embeddings = input.phrase_embeddings},
                      folder);
  }
  std::vector<IndexedValues> indexed;
  Metrics metrics = evaluate(input, protocols, queries == nullptr ? nullptr : &indexed);
  if (queries != nullptr) {
    *queries = with_names(indexed, ids_of(*data.split(split).dataset, embedded.samples), data.vocabulary.phrases(), phrases);
  }
  return metrics;
}

}  // namespace twinset
