#include "eval/scores.h"

#include <ATen/core/Tensor.h>
#include <ATen/ops/matmul.h>
#include <c10/core/InferenceMode.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "eval/unit_rows.h"
#include "framework/core/error.h"

namespace twinset {
namespace {

class EmbeddingScores : public ScoreSource {
 public:
  EmbeddingScores(const at::Tensor& products, const at::Tensor& documents) {
    if (products.dim() != 2 || documents.dim() != 2 || products.size(1) != documents.size(1)) {
      const auto shape = [](const at::Tensor& t) {
        return fmt::format("[{}]", fmt::join(t.sizes(), ", "));
      };
      throw ShapeError({.where = "evaluation",
                        .what = fmt::format("product embeddings are {}, attribute embeddings {}",
                                            shape(products), shape(documents)),
                        .expected = "two matrices of the same width"});
    }
    const c10::InferenceMode guard;
    products_ = unit_rows(products, "product");
    documents_ = unit_rows(documents, "attribute").t().contiguous();
  }

  int64_t num_products() const override { return products_.size(0); }
  int64_t num_columns() const override { return documents_.size(1); }

  ScoreBlock rows(int64_t first, int64_t count) const override {
    const c10::InferenceMode guard;
    const at::Tensor cosines =
        at::matmul(products_.narrow(0, first, count), documents_).contiguous();
    const float* begin = cosines.const_data_ptr<float>();
    return {first, count, num_columns(), std::vector<double>(begin, begin + cosines.numel())};
  }

 private:
  at::Tensor products_;   // [N, D]
  at::Tensor documents_;  // [D, M]
};

}  // namespace

MatrixScores::MatrixScores(std::vector<double> values, int64_t num_columns)
    : values_(std::move(values)), num_columns_(num_columns) {
  TWINSET_CHECK(num_columns > 0 && values_.size() % static_cast<size_t>(num_columns) == 0,
                "whole rows");
}

int64_t MatrixScores::num_products() const {
  return static_cast<int64_t>(values_.size()) / num_columns_;
}

ScoreBlock MatrixScores::rows(int64_t first, int64_t count) const {
  const auto begin = values_.begin() + first * num_columns_;
  return {first, count, num_columns_, std::vector<double>(begin, begin + count * num_columns_)};
}

std::unique_ptr<ScoreSource> make_embedding_scores(const at::Tensor& products,
                                                   const at::Tensor& documents) {
  return std::make_unique<EmbeddingScores>(products, documents);
}

std::vector<double> log_frequency_terms(const std::vector<int64_t>& counts, int64_t num_products,
                                        double inverse_temperature) {
  if (!(inverse_temperature > 0)) {
    throw ConfigError({.where = "evaluation",
                       .what = fmt::format("the inverse temperature is {}", inverse_temperature),
                       .expected = "> 0"});
  }
  std::vector<double> terms;
  for (size_t column = 0; column < counts.size(); ++column) {
    if (counts[column] <= 0) {
      throw DataError(
          {.where = "evaluation",
           .what = fmt::format(
               "attribute {} occurs on no training product, so its log frequency is not finite",
               column),
           .expected = "training counts of at least 1",
           .todo = "take the vocabulary from the training split, or switch the log-frequency term "
                   "off"});
    }
    const double frequency =
        static_cast<double>(counts[column]) / static_cast<double>(num_products);
    terms.push_back(std::log(frequency) / inverse_temperature);
  }
  return terms;
}

}  // namespace twinset
