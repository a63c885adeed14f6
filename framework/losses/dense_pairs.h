#pragma once

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>

#include "framework/negatives/candidates.h"

namespace twinset {

/// A number that takes a logit out of a softmax: finite, so that a row of nothing else has no NaN
/// in its gradient.
constexpr double kMaskedLogit = -1e30;

/// The pairs as a [rows, columns] bool tensor on the device of `like`.
at::Tensor dense_pairs(const SparsePairs& pairs, const at::Tensor& like);

/// [B] int64 on the device of `like`.
at::Tensor index_tensor(const std::vector<int64_t>& indices, const at::Tensor& like);

/// [P] positive_weights, 1 where there are none, on the device and in the type of `like`.
at::Tensor positive_weights(const Candidates& candidates, const at::Tensor& like);

/// @throws ShapeError telling where to get them, if the candidates lack what the loss `where` needs
void require_teacher_queries(const Candidates& candidates, const std::string& where);
void require_teacher_documents(const Candidates& candidates, const std::string& where);
void require_positive_weights(const Candidates& candidates, const std::string& where);

/// @throws ShapeError unless queries [B, D] and candidates (embeddings [N, D], positives and
/// excluded [B, N], targets [B],
///         columns in range, positive and excluded disjoint, log_q [N], a weight > 0 a positive,
///           teachers [B, T] and [N, T]) fit together
void check_shapes(const at::Tensor& queries_BD, const Candidates& candidates,
                  const std::string& where);

}  // namespace twinset
