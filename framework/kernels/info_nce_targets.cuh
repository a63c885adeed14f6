// Private to this folder: the device code of info_nce_targets.h, a thread a row.
#pragma once

#include "framework/kernels/info_nce_targets.h"
#include "framework/kernels/similarity_shapes.cuh"

namespace twinset::similarity {

__device__ inline double log_add(double a, double b) {
  const double high = fmax(a, b), low = fmin(a, b);
  return low == -INFINITY ? high : high + log1p(exp(low - high));
}

__global__ void __launch_bounds__(kThreads) info_nce_targets_kernel(InfoNceTargets a) {
  static_assert(kThreads == kTargetsPerBlock);
  auto* const warps = reinterpret_cast<double(*)[2]>(shared_memory());
  const int64_t row = static_cast<int64_t>(blockIdx.x) * kThreads + threadIdx.x;
  double totals[2] = {0, 0};
  if (row < a.num_rows) {
    const int64_t pair = a.targets[row];
    double row_shift = INFINITY, column_shift = INFINITY;
    if (pair >= 0) {
      const int64_t column = a.columns[pair];
      const double logit = a.pair_logits[pair];
      double gradient = 0;
      if (a.row_share > 0) {
        const double total = log_add(a.row_log_sums[row], logit);
        totals[0] += a.row_share * (total - logit);
        gradient += a.row_share * expm1(logit - total);
        row_shift = total - log(a.row_share);
      }
      if (a.column_share > 0) {
        const double in_column = a.column_offsets == nullptr
                                     ? logit
                                     : logit + static_cast<double>(a.column_offsets[column]);
        const double total = log_add(a.column_log_sums[column], in_column);
        totals[0] += a.column_share * (total - in_column);
        gradient += a.column_share * expm1(in_column - total);
        column_shift = total - log(a.column_share);
      }
      totals[1] = a.pair_logits[pair] > a.row_maxima[row] ? 1 : 0;
      a.pair_gradients[pair] = static_cast<float>(gradient);
      if (a.column_shifts != nullptr) a.column_shifts[column] = static_cast<float>(column_shift);
    }
    a.row_shifts[row] = static_cast<float>(row_shift);
    a.target_shifts[row] = column_shift;
  }
  for (int i = 0; i < 2; ++i) {
    for (int mask = 16; mask > 0; mask /= 2) totals[i] += shuffle_xor(totals[i], mask);
    if (threadIdx.x % 32 == 0) warps[threadIdx.x / 32][i] = totals[i];
  }
  __syncthreads();
  if (threadIdx.x >= 2) return;
  double sum = 0;
  for (int w = 0; w < kThreads / 32; ++w) sum += warps[w][threadIdx.x];
  a.totals[static_cast<int64_t>(blockIdx.x) * 2 + threadIdx.x] = sum;
}

}  // namespace twinset::similarity
