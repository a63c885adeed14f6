// A model, labels and batches small enough to compute a step exactly, in float64.
#pragma once

#include <ATen/Context.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros_like.h>
#include <gtest/gtest.h>

#include <numeric>
#include <vector>

#include "framework/core/random.h"
#include "framework/encoders/convert.h"
#include "framework/encoders/product_encoder.h"
#include "framework/encoders/transformer.h"
#include "framework/trainer/contrastive_step.h"
#include "tests/testing/toy_towers.h"

namespace twinset::testing {

constexpr int64_t kToySamples = 60, kToyDocuments = 11, kToyLength = 5, kToyDim = 6;

/// Parameters and buffers in float64, in place.
inline void tensors_to_double(const NamedTensors& tensors) {
  const at::NoGradGuard no_grad;
  for (const auto& [name, tensor] : tensors) {
    if (tensor.is_floating_point()) tensor.set_data(tensor.detach().to(at::kDouble));
  }
}

/// Random token ids [rows, kToyLength], each text begun and ended.
inline at::Tensor toy_tokens(int64_t rows, uint64_t seed) {
  CounterRandom random({.seed = seed, .purpose = "toy_tokens"});
  at::Tensor tokens = at::empty({rows, kToyLength}, at::kLong);
  for (int64_t i = 0; i < rows; ++i) {
    for (int64_t j = 0; j < kToyLength; ++j) {
      tokens[i][j] = j == 0                ? 1
                     : j == kToyLength - 1 ? 2
                                           : 3 + static_cast<int64_t>(random.below(12));
    }
  }
  return tokens;
}

struct ToyStep {
  DualEncoder model;
  SparsePairs labels{.num_columns = kToyDocuments};  ///< of all samples; some have none, and at
                                                     ///< most one is of the first family
  at::Tensor titles = toy_tokens(kToySamples, 1), document_tokens = toy_tokens(kToyDocuments, 2);

  ToyStep() {
    at::manual_seed(11);
    const EncoderContext context{
        .token_vocabulary = 16, .context_length = kToyLength, .embedding_dim = kToyDim};
    const TransformerOptions options{.width = 8, .layers = 1, .heads = 2};
    model.query = make_product_encoder(nullptr, make_transformer(options, context), {}, context);
    model.document = make_transformer(options, context);
    convert_weights(*model.query, at::kDouble);
    convert_weights(*model.document, at::kDouble);
    CounterRandom random({.seed = 3, .purpose = "toy_labels"});
    for (int64_t i = 0; i < kToySamples; ++i) {
      std::vector<int64_t> row;
      for (int64_t j = 0; i % 9 != 4 && j < kToyDocuments; ++j) {
        const bool is_taken = j < 4 && !row.empty();
        if (random.bernoulli(0.25) && !is_taken) row.push_back(j);
      }
      labels.add_row(row);
    }
  }

  NegativesContext context() const {
    NegativesContext result{.num_documents = kToyDocuments,
                            .document_counts = std::vector<int64_t>(kToyDocuments, 0),
                            .document_families = std::vector<int64_t>(kToyDocuments, 0),
                            .num_samples = kToySamples,
                            .embedding_dim = kToyDim,
                            .labels = &labels,
                            .towers = ToyTowers(kToyDocuments, kToyDim).towers(),
                            .memory = at::kDouble};
    for (int64_t column : labels.columns) ++result.document_counts[static_cast<size_t>(column)];
    for (size_t j = 0; j < kToyDocuments; ++j)
      result.document_families[j] = static_cast<int64_t>(j) / 4;
    return result;
  }

  /// Samples first .. first + length - 1, from the beginning again past the end.
  Batch batch(int64_t first, int64_t length) const {
    Batch result;
    result.labels.num_columns = kToyDocuments;
    for (int64_t i = first; i < first + length; ++i) {
      result.samples.push_back(i % kToySamples);
      result.labels.add_row(labels.row(i % kToySamples));
    }
    const at::Tensor rows = at::arange(first, first + length, at::kLong).remainder(kToySamples);
    result.title_tokens = titles.index_select(0, rows);
    return result;
  }

  void to_double(const Loss& loss) const { tensors_to_double(loss.parameters()); }

  ContrastiveParts parts(Negatives& negatives, Loss& loss,
                         Communicator& communicator = single_process()) {
    return {.model = &model,
            .negatives = &negatives,
            .loss = &loss,
            .communicator = &communicator,
            .document_tokens = document_tokens,
            .seed = 5};
  }

  /// Embeddings of a teacher that knows both sides, for losses that distil.
  void add_teacher(const std::vector<int64_t>& samples, Candidates& candidates) const {
    const auto rows = [](const at::Tensor& table, const std::vector<int64_t>& indices) {
      return table.index_select(
          0, at::tensor(at::ArrayRef<int64_t>(indices), at::TensorOptions().dtype(at::kLong)));
    };
    candidates.teacher_queries = rows(unit_table(kToySamples, 7), samples);
    candidates.teacher_documents = rows(unit_table(kToyDocuments, 8), candidates.documents);
    candidates.positive_weights.clear();
    for (size_t i = 0; i < samples.size(); ++i) {
      for (int64_t column : candidates.positives.row(static_cast<int64_t>(i))) {
        const int64_t pair = 3 * samples[i] + 5 * candidates.documents[static_cast<size_t>(column)];
        candidates.positive_weights.push_back(0.1f + 0.05f * static_cast<float>(pair % 17));
      }
    }
  }

  /// Random unit vectors [rows, kToyDim] in float64.
  static at::Tensor unit_table(int64_t rows, uint64_t seed) {
    CounterRandom random({.seed = seed, .purpose = "toy_table"});
    std::vector<double> values;
    for (int64_t i = 0; i < rows * kToyDim; ++i) values.push_back(random.normal());
    const at::Tensor table =
        at::tensor(at::ArrayRef<double>(values), at::TensorOptions().dtype(at::kDouble))
            .view({rows, kToyDim});
    return table / table.norm(2, {1}, true);
  }

  NamedTensors parameters(const Loss& loss) const {
    NamedTensors result = model.parameters();
    for (const auto& [name, tensor] : loss.parameters())
      result.emplace_back("loss." + name, tensor);
    return result;
  }

  /// Copies of all gradients; zeros where there is none.
  NamedTensors gradients(const Loss& loss) const {
    NamedTensors result;
    for (const auto& [name, tensor] : parameters(loss)) {
      result.emplace_back(
          name, tensor.grad().defined() ? tensor.grad().clone() : at::zeros_like(tensor.detach()));
    }
    return result;
  }
};

/// Every gradient within 1e-10 of the largest of all.
inline void expect_equal_gradients(const NamedTensors& expected, const NamedTensors& computed,
                                   const std::string& what = "") {
  ASSERT_EQ(expected.size(), computed.size());
  double largest = 1e-3;
  for (const auto& [name, tensor] : expected)
    largest = std::max(largest, tensor.abs().max().item<double>());
  for (size_t i = 0; i < expected.size(); ++i) {
    EXPECT_LE((expected[i].second - computed[i].second).abs().max().item<double>(), 1e-10 * largest)
        << what << " " << expected[i].first;
  }
}

}  // namespace twinset::testing
