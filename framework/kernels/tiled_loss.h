// What the tiled losses share: similarity losses over all pairs of queries and documents without a
// [B, N] matrix.
// Legend: B queries, N documents, D embedding.
#pragma once

#include <ATen/core/Tensor.h>

#include <optional>

#include "framework/core/sparse_pairs.h"
#include "framework/kernels/device_number.h"

namespace twinset {

/// A batch as the tiled losses read it: logits
/// \f$ \ell_{ij} = \gamma\, q_i \cdot d_j - \log Q_j \f$. Pairs must be in range, ascending in each
/// row, positives and excluded disjoint.
struct TiledBatch {
  at::Tensor queries;    ///< [B, D] float32 or bfloat16, on the CPU or a GPU; receives gradient
  at::Tensor documents;  ///< [N, D] of the same type; receives gradient
  at::Tensor inverse_temperature;  ///< [] float32, gamma; receives gradient
  SparsePairs positives;           ///< [B, N]
  SparsePairs excluded;            ///< [B, N]
  at::Tensor log_q;                ///< [N], the log of Q; undefined: zeros
  bool corrects_positives = true;  ///< false: positive pairs have no log Q
};

struct TiledLoss {
  at::Tensor value;  ///< [] float32, differentiable once
  /// as the loss defines it; none for the sigmoid, or without a row that counts
  std::optional<DeviceNumber> accuracy;
};

/// True if the tiled losses can take these tensors: on one CPU or GPU, both float32 or both
/// bfloat16, no size 0.
bool can_tile(const at::Tensor& queries_BD, const at::Tensor& documents_ND);

}  // namespace twinset
