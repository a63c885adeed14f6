// The C interface of InfoNCE's arithmetic at its targets, between the two sweeps. No torch, no CUDA
// header.
#pragma once

#include <cstdint>

namespace twinset {

/// Rows of a thread block.
inline constexpr int64_t kTargetsPerBlock = 256;

/// With r = log(exp(row_log_sum) + exp(l)) for the logit l of a row's target, likewise c for its
/// column, whose logit is l + column_offset: the loss is the sum over targets of row_share (r - l)
/// + column_share (c - l - column_offset). A direction without a share is left out. All memory is
/// the device's.
struct InfoNceTargets {
  int64_t num_rows = 0;
  const int64_t* targets = nullptr;  ///< [num_rows] index of the target's pair; -1: none
  const int64_t* columns = nullptr;  ///< one a pair
  const double *pair_logits = nullptr, *row_maxima = nullptr;
  const double *row_log_sums = nullptr, *column_log_sums = nullptr;
  const float* column_offsets = nullptr;  ///< [num_columns]; null: zeros
  double row_share = 0, column_share = 0;
  float* row_shifts = nullptr;      ///< out: [num_rows] r - log row_share; infinity if there is no
                                    ///< share or target
  double* target_shifts = nullptr;  ///< out: [num_rows] c - log column_share; likewise
  float* column_shifts = nullptr;   ///< out: the same at the targets' columns; null: not wanted
  float* pair_gradients = nullptr;  ///< out, at the targets' pairs: the loss's derivative by l,
                                    ///< less that of the softmax over negatives
  double* totals = nullptr;         ///< out: [ceil(num_rows / 256), 2] losses, and targets above
                                    ///< all negatives of their row
};

using InfoNceTargetsCuda = int (*)(const InfoNceTargets*, void* stream);

}  // namespace twinset
