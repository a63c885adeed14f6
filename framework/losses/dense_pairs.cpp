#include "framework/losses/dense_pairs.h"

#include <ATen/ops/ones.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <fmt/format.h>

#include <algorithm>

#include "framework/core/error.h"

namespace twinset {

at::Tensor dense_pairs(const SparsePairs& pairs, const at::Tensor& like) {
  at::Tensor dense =
      at::zeros({pairs.num_rows(), pairs.num_columns}, at::TensorOptions().dtype(at::kBool));
  bool* cells = dense.mutable_data_ptr<bool>();
  for (int64_t i = 0; i < pairs.num_rows(); ++i) {
    for (int64_t column : pairs.row(i)) cells[i * pairs.num_columns + column] = true;
  }
  return dense.to(like.device());
}

at::Tensor index_tensor(const std::vector<int64_t>& indices, const at::Tensor& like) {
  return at::tensor(at::ArrayRef<int64_t>(indices), at::TensorOptions().dtype(at::kLong))
      .to(like.device());
}

at::Tensor positive_weights(const Candidates& candidates, const at::Tensor& like) {
  const auto options = at::TensorOptions().dtype(like.scalar_type()).device(like.device());
  if (candidates.positive_weights.empty())
    return at::ones({candidates.positives.num_pairs()}, options);
  return at::tensor(at::ArrayRef<float>(candidates.positive_weights)).to(options);
}

void require_teacher_queries(const Candidates& candidates, const std::string& where) {
  if (candidates.teacher_queries.defined()) return;
  throw ShapeError({.where = where,
                    .what = "the candidates carry no teacher's embeddings of the queries",
                    .todo = "set teacher.embeddings to a folder that evaluation.export_embeddings "
                            "wrote (split train)"});
}

void require_teacher_documents(const Candidates& candidates, const std::string& where) {
  if (candidates.teacher_documents.defined()) return;
  throw ShapeError({.where = where,
                    .what = "the candidates carry no teacher's embeddings of the documents",
                    .todo = "set teacher.embeddings to a folder with attr.npy and vocab.txt, which "
                            "evaluation.export_embeddings writes"});
}

void require_positive_weights(const Candidates& candidates, const std::string& where) {
  if (!candidates.positive_weights.empty() || candidates.positives.num_pairs() == 0) return;
  throw ShapeError(
      {.where = where,
       .what = "the candidates carry no weights of positive pairs",
       .todo = "set teacher.positive_weights to a table of product id, phrase, weight"});
}

void check_shapes(const at::Tensor& queries_BD, const Candidates& candidates,
                  const std::string& where) {
  const auto fail = [&](const std::string& what, const std::string& expected) {
    throw ShapeError({.where = where, .what = what, .expected = expected});
  };
  const at::Tensor& documents = candidates.embeddings;
  if (queries_BD.dim() != 2)
    fail(fmt::format("queries have {} dimensions", queries_BD.dim()), "2: [B, D]");
  if (!documents.defined() || documents.dim() != 2)
    fail("candidates have no [N, D] embeddings", "one row a column");
  if (documents.size(1) != queries_BD.size(1)) {
    fail(fmt::format("queries are {} wide, candidates {}", queries_BD.size(1), documents.size(1)),
         "the same width");
  }
  for (const SparsePairs* pairs : {&candidates.positives, &candidates.excluded}) {
    if (pairs->num_rows() != queries_BD.size(0) || pairs->num_columns != documents.size(0)) {
      fail(fmt::format("pairs are [{}, {}]", pairs->num_rows(), pairs->num_columns),
           fmt::format("[{}, {}]", queries_BD.size(0), documents.size(0)));
    }
    const auto out_of_range = [&](int64_t column) {
      return column < 0 || column >= pairs->num_columns;
    };
    const auto bad = std::find_if(pairs->columns.begin(), pairs->columns.end(), out_of_range);
    if (bad != pairs->columns.end()) {
      fail(fmt::format("a pair names column {}", *bad),
           fmt::format("0 to {}", pairs->num_columns - 1));
    }
  }
  const auto check_size = [&](const at::Tensor& tensor, int64_t size, const char* name,
                              const char* of) {
    if (tensor.defined() && tensor.size(0) != size)
      fail(fmt::format("{} {} for {} {}", tensor.size(0), name, size, of), "one each");
  };
  check_size(candidates.log_q, documents.size(0), "values of log_q", "candidates");
  check_size(candidates.teacher_queries, queries_BD.size(0), "teacher embeddings", "queries");
  check_size(candidates.teacher_documents, documents.size(0), "teacher embeddings", "candidates");
  const std::vector<float>& weights = candidates.positive_weights;
  if (!weights.empty() && weights.size() != candidates.positives.columns.size()) {
    fail(fmt::format("{} weights for {} positive pairs", weights.size(),
                     candidates.positives.num_pairs()),
         "one each");
  }
  const auto bad_weight =
      std::find_if(weights.begin(), weights.end(), [](float weight) { return !(weight > 0.0f); });
  if (bad_weight != weights.end())
    fail(fmt::format("a positive weight is {}", *bad_weight), "above 0");
  for (int64_t i = 0; i < candidates.positives.num_rows(); ++i) {
    for (int64_t column : candidates.excluded.row(i)) {
      const auto row = candidates.positives.row(i);
      if (std::binary_search(row.begin(), row.end(), column)) {
        fail(fmt::format("pair ({}, {}) is both positive and excluded", i, column), "one of them");
      }
    }
  }
}

}  // namespace twinset
