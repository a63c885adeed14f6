#include "experiments/twinset/run_evaluation.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/zeros_like.h>

#include <chrono>

#include "eval/export_embeddings.h"
#include "eval/protocols/attributes.h"
#include "eval/tuples.h"
#include "experiments/twinset/model_subject.h"
#include "framework/core/interrupt.h"
#include "framework/tracking/progress.h"

namespace twinset {
namespace {

void export_split(Subject& subject, const EvaluationOptions& protocols, const std::string& split,
                  const std::filesystem::path& folder) {
  const EmbeddedProducts& products = subject.products(split);
  const AttributeVocabulary& vocabulary = subject.vocabulary();
  std::vector<std::string> ids, phrases;
  for (int64_t i = 0; i < products.size(); ++i) ids.push_back(products.record(i).id);
  const SparsePairs labels = label_table(products, vocabulary);
  for (const AttributeTuple& tuple : tuples(labels, vocabulary, protocols.tuple_to_product.keys,
                                            protocols.tuple_to_product.least)) {
    phrases.push_back(tuple_phrase(tuple, vocabulary));
  }
  export_embeddings({.phrases = vocabulary.phrases(),
                     .attribute_embeddings = subject.texts(vocabulary.phrases()),
                     .splits = {{split, ids, products.embeddings}},
                     .inverse_temperature = subject.inverse_temperature(),
                     .tuple_phrases = phrases,
                     .tuple_embeddings = phrases.empty() ? at::Tensor() : subject.texts(phrases)},
                    folder);
}

}  // namespace

EvaluationOptions protocol_options(const RunOptions& options) {
  EvaluationOptions result;
  result.tuple_to_product.keys = options.dataset.tuple_keys;
  result.tuple_to_product.least = options.evaluation.min_products_per_tuple;
  return result;
}

EmbeddedSplit embed_split(const RunOptions& options, const RunData& data, RunModel& model,
                          const std::string& split) {
  const at::NoGradGuard no_grad;
  const auto begin = std::chrono::steady_clock::now();
  const Precision precision = parse_precision(options.trainer.precision);
  model.encoders.set_training(false);
  const std::string& inputs = options.evaluation.inputs;
  if ((inputs == "image" && !model.encoders.query->reads_images()) ||
      (inputs == "title" && !model.encoders.query->reads_tokens())) {
    throw ConfigError(
        {.where = "evaluation.inputs",
         .what = "is '" + inputs + "', which this run's products are not embedded from",
         .expected = "both"});
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
    if (inputs == "image" && input.tokens.defined())
      input.tokens = no_title.to(input.tokens.device()).expand_as(input.tokens).contiguous();
    at::Tensor embeddings = embed(encoder, input, precision);
    if (options.evaluation.mirror && input.images.defined()) {
      input.images = input.images.flip({3}).contiguous(at::MemoryFormat::ChannelsLast);
      embeddings = unit_rows(embeddings + embed(encoder, input, precision), "product");
    }
    parts.push_back(embeddings.cpu());
    result.samples.insert(result.samples.end(), batch->samples.begin(), batch->samples.end());
    for (int64_t i = 0; i < batch->size(); ++i) result.labels.add_row(batch->labels.row(i));
    progress.update(static_cast<int64_t>(result.samples.size()));
  }
  if (parts.empty())
    throw DataError(
        {.where = split, .what = "no product could be read", .expected = "at least one"});
  result.embeddings = at::cat(parts);
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return result;
}

at::Tensor embed_phrases(const RunOptions& options, const RunData& data, RunModel& model,
                         const std::vector<std::string>& phrases) {
  const at::NoGradGuard no_grad;
  model.encoders.set_training(false);
  const at::Tensor tokens = tokenize(*data.tokenizer, phrases, options.attribute_length)
                                .to(at::Device(options.trainer.device));
  return embed(*model.encoders.document, {.images = {}, .tokens = tokens},
               parse_precision(options.trainer.precision))
      .cpu();
}

Metrics evaluate_split(const RunOptions& options, const RunData& data, RunModel& model,
                       const std::string& split, const std::filesystem::path& folder,
                       std::vector<QueryValues>* queries) {
  const auto subject = make_model_subject(options, data, model);
  ProtocolReport report = make_attributes_protocol(protocol_options(options))->run(*subject, split);
  if (!folder.empty() && options.evaluation.export_embeddings)
    export_split(*subject, protocol_options(options), split, folder);
  if (queries != nullptr) *queries = std::move(report.queries);
  return report.metrics;
}

}  // namespace twinset
