// The C interface of the tiled similarity kernels in libtwinset_cuda.so (cuda_kernels.h names them). No torch, no CUDA header.
#pragma once

#include <cstdint>

namespace twinset {

/// Rows and columns of the blocks whose running sums a thread block keeps in the forward kernel.
inline constexpr int64_t kSimilarityBlock = 512;

/// Pairs in compressed rows on the device; null: none.
struct DevicePairs {
  const int64_t* row_offsets = nullptr;  ///< [num_x + 1]
  const int64_t* columns = nullptr;
};

/// Logits l_ij = scale x_i . y_j - x_offset_i - y_offset_j. All pointers are to device memory.
struct SimilarityArguments {
  const void* x = nullptr;  ///< [num_x, depth] bfloat16, or float32 that is rounded to tf32
  const void* y = nullptr;  ///< [num_y, depth]
  int64_t num_x = 0, num_y = 0, depth = 0;
  bool is_bfloat16 = false;
  float scale = 1;
  const float* x_offset = nullptr;  ///< [num_x]; null: zeros
  const float* y_offset = nullptr;  ///< [num_y]
  /// [num_y] what a positive's logit has more in the softmax over y than in the one over x (forward only); null: nothing
  const float* positive_offset = nullptr;
  DevicePairs excluded, positives;  ///< [num_x, num_y]
  bool removes_positives = false;   ///< positives are not in the softmax
};

/// Results of the forward kernel: maxima and sums of exp(l - maximum), by blocks of the other side.
struct SimilaritySums {
  float* x_maxima = nullptr;     ///< [ceil(num_y / 512), num_x]
  float* x_sums = nullptr;       ///< likewise
  float* y_maxima = nullptr;     ///< [ceil(num_x / 512), num_y]
  float* y_sums = nullptr;       ///< likewise
  float* pair_logits = nullptr;  ///< one a positive pair
};

/// g_ij = factor (exp(l_ij - x_shift_i) + exp(l_ij - y_shift_j)), or factor sigmoid(l_ij); plus factor pairs at a positive pair.
struct SimilarityGradient {
  bool is_sigmoid = false;
  float factor = 1;
  const float* x_shift = nullptr;  ///< [num_x]
  const float* y_shift = nullptr;  ///< [num_y]
  const float* pairs = nullptr;    ///< one a positive pair
  float* gradient = nullptr;       ///< out: [num_x, depth] sum over j of g_ij y_j
  double* losses = nullptr;        ///< out: [ceil(num_x / 64)] sums of softplus(l), less l at positives; sigmoid only
  double* sums = nullptr;          ///< out: likewise, of g / factor
};

using SimilaritySumsCuda = int (*)(const SimilarityArguments*, const SimilaritySums*, void* stream);
using SimilarityGradientCuda = int (*)(const SimilarityArguments*, const SimilarityGradient*, void* stream);

}  // namespace twinset
