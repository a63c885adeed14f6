// The C interface of InfoNCE's arithmetic at its targets, between the two sweeps. No torch, no CUDA
// header.
#pragma once

#include <cstdint>

namespace twinset {

/// Targets of a thread block.
inline constexpr int64_t kTargetsPerBlock = 256;

/// With r = log(exp(row_log_sum) + exp(l)) for the target's logit l, likewise c for its column,
/// whose logit is l + column_offset: the loss is the sum of row_share (r - l) + column_share (c - l
/// - column_offset). A direction without a share is left out. All memory is the device's.
struct InfoNceTargets {
  int64_t count = 0;
  const int64_t *rows = nullptr, *columns = nullptr,
                *pairs = nullptr;  ///< [count], pairs without repeats, rows too
  const float *pair_logits = nullptr, *row_maxima = nullptr;
  const double *row_log_sums = nullptr, *column_log_sums = nullptr;
  const float* column_offsets = nullptr;  ///< [num_columns]; null: zeros
  double row_share = 0, column_share = 0;
  float* row_shifts = nullptr;      ///< out, at the targets' rows: r - log row_share
  double* column_shifts = nullptr;  ///< out: [count] c - log column_share
  float* pair_gradients = nullptr;  ///< out, at the targets' pairs: the loss's derivative by l,
                                    ///< less that of the softmax over negatives
  double* totals = nullptr;         ///< out: [ceil(count / 256), 2] losses, and targets above all
                                    ///< negatives of their row
};

using InfoNceTargetsCuda = int (*)(const InfoNceTargets*, void* stream);

}  // namespace twinset
