#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/tensor.h>
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "experiments/composed_retrieval/composed_model.h"

namespace twinset {
namespace {

class ComposedSubject : public Subject {
 public:
  ComposedSubject(const ComposedRunOptions& options, const std::string& split,
                  const ComposedGallery& gallery, const AttributeVocabulary& vocabulary,
                  const Tokenizer& tokenizer, ComposedModel& model)
      : options_(options),
        split_(split),
        gallery_(gallery),
        vocabulary_(vocabulary),
        tokenizer_(tokenizer),
        model_(model) {}

  const EmbeddedProducts& products(const std::string& split) override {
    check(split);
    if (!products_) {
      const at::Tensor embeddings = embed_rows(*model_.image, gallery_.images, {});
      products_ = {gallery_.dataset, gallery_.samples, unit_rows(embeddings, "image")};
    }
    return *products_;
  }

  at::Tensor texts(const std::vector<std::string>&) override {
    throw ConfigError({.where = "protocol",
                       .what = "towers of composed retrieval embed no texts alone",
                       .expected = "composed_retrieval with composition: tower"});
  }

  at::Tensor composed(const std::string& split, const std::vector<int64_t>& rows,
                      const std::vector<std::string>& texts) override {
    check(split);
    const Encoder& query = *model_.model.encoders.query;
    at::Tensor images, tokens;
    if (query.reads_images()) images = at::index_select(gallery_.images, 0, at::tensor(rows));
    if (query.reads_tokens()) tokens = tokenize(tokenizer_, texts, options_.title_length);
    return unit_rows(embed_rows(*model_.model.encoders.query, images, tokens), "query");
  }

  const AttributeVocabulary& vocabulary() const override { return vocabulary_; }
  double inverse_temperature() const override { return model_.model.loss->inverse_temperature(); }

 private:
  void check(const std::string& split) const {
    if (split != split_) throw_unknown_name("split", "split", split, {split_});
  }

  // Either may be undefined.
  at::Tensor embed_rows(Encoder& encoder, const at::Tensor& images,
                        const at::Tensor& tokens) const {
    const at::NoGradGuard no_grad;
    const Precision precision = parse_precision(options_.trainer.precision);
    model_.model.encoders.set_training(false);
    const int64_t num_rows = images.defined() ? images.size(0) : tokens.size(0);
    std::vector<at::Tensor> parts;
    for (int64_t begin = 0; begin < num_rows; begin += options_.evaluation.batch_size) {
      const int64_t length = std::min(options_.evaluation.batch_size, num_rows - begin);
      Batch batch;
      if (images.defined()) batch.images = images.narrow(0, begin, length);
      if (tokens.defined()) batch.title_tokens = tokens.narrow(0, begin, length);
      parts.push_back(
          embed(encoder, query_input(batch, precision, options_.trainer.device), precision).cpu());
    }
    return at::cat(parts);
  }

  const ComposedRunOptions& options_;
  std::string split_;
  const ComposedGallery& gallery_;
  const AttributeVocabulary& vocabulary_;
  const Tokenizer& tokenizer_;
  ComposedModel& model_;
  std::optional<EmbeddedProducts> products_;
};

}  // namespace

std::unique_ptr<Subject> make_composed_subject(const ComposedRunOptions& options,
                                               const std::string& split,
                                               const ComposedGallery& gallery,
                                               const AttributeVocabulary& vocabulary,
                                               const Tokenizer& tokenizer, ComposedModel& model) {
  return std::make_unique<ComposedSubject>(options, split, gallery, vocabulary, tokenizer, model);
}

}  // namespace twinset
