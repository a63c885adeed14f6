// Private to this folder: the device code of SimilarityLogSums (similarity_tiles.h).
#pragma once

#include "framework/kernels/similarity_sums.cuh"

namespace twinset::similarity {

/// A thread: one line of one side.
__global__ void __launch_bounds__(kThreads)
    log_sums_kernel(const __grid_constant__ SimilarityLogSums rows,
                    const __grid_constant__ SimilarityLogSums columns) {
  const SimilarityLogSums& a = blockIdx.y == 0 ? rows : columns;
  const int64_t line = static_cast<int64_t>(blockIdx.x) * kThreads + threadIdx.x;
  if (line >= a.num_lines) return;
  float top = -INFINITY;
  double sum = 0;
  constexpr int kAtOnce = 8;  // loads on their way together
  for (int64_t first = 0; first < a.num_shares; first += kAtOnce) {
    float maxima[kAtOnce], sums[kAtOnce];
    TWINSET_UNROLL
    for (int k = 0; k < kAtOnce; ++k) {
      const bool is_inside = first + k < a.num_shares;
      const int64_t place = (first + k) * a.num_lines + line;
      maxima[k] = is_inside ? a.maxima[place] : -INFINITY;
      sums[k] = is_inside ? a.sums[place] : 0.0f;
    }
    float next = top;
    TWINSET_UNROLL
    for (int k = 0; k < kAtOnce; ++k) next = fmaxf(next, maxima[k]);
    sum *= static_cast<double>(exponential2(top - finite(next)));
    TWINSET_UNROLL
    for (int k = 0; k < kAtOnce; ++k) {
      sum += static_cast<double>(sums[k]) *
             static_cast<double>(exponential2(maxima[k] - finite(next)));
    }
    top = next;
  }
  a.line_maxima[line] = static_cast<double>(top) * kLog2;
  a.log_sums[line] = log(sum) + static_cast<double>(finite(top)) * kLog2;
}

}  // namespace twinset::similarity
