// The C interface of the tiled similarity kernels in libtwinset_cuda.so (cuda_kernels.h names
// them). No torch, no CUDA header.
#pragma once

#include <algorithm>
#include <cstdint>

namespace twinset {

/// Rows of x and rows of y of the tile that a thread block multiplies at a time.
inline constexpr int64_t kSimilarityRows = 128, kSimilarityColumns = 256;

/// Thread blocks of a kernel, each with a rectangle of tiles.
struct SimilarityGrid {
  int64_t x = 0, y = 0;
};

/// The fewest tiles a side, in at most `most` equal shares (the last may be shorter).
inline int64_t similarity_shares(int64_t count, int64_t tile, int64_t most) {
  const int64_t tiles = (count + tile - 1) / tile, tiles_per_share = (tiles + most - 1) / most;
  return (tiles + tiles_per_share - 1) / tiles_per_share;
}
/// Of the forward kernel: at most 32 x 32, so that its partial sums are O(num_x + num_y).
inline SimilarityGrid sums_grid(int64_t num_x, int64_t num_y) {
  return {similarity_shares(num_x, kSimilarityRows, 32),
          similarity_shares(num_y, kSimilarityColumns, 32)};
}
/// Of the gradient kernel: a row of tiles in at most 16 shares, so that 2,048 rows of x keep 256
/// thread blocks busy.
inline SimilarityGrid gradients_grid(int64_t num_x, int64_t num_y) {
  return {similarity_shares(num_x, kSimilarityRows, num_x),
          similarity_shares(num_y, kSimilarityColumns, 16)};
}

/// Pairs in compressed rows on the device; null: none.
struct DevicePairs {
  const int64_t* row_offsets = nullptr;  ///< [num_x + 1]
  const int64_t* columns = nullptr;
};

/// Logits l_ij = scale x_i . y_j - x_offset_i - y_offset_j. All pointers are to device memory.
struct SimilarityArguments {
  const void* x =
      nullptr;  ///< [num_x, depth] bfloat16 or float32; rows start at multiples of 16 bytes
  const void* y = nullptr;  ///< [num_y, depth], likewise
  int64_t num_x = 0, num_y = 0, depth = 0;
  bool is_bfloat16 = false;
  float scale = 1;
  const float* x_offset = nullptr;  ///< [num_x]; null: zeros
  const float* y_offset = nullptr;  ///< [num_y]
  /// [num_y] what a positive's logit has more in the softmax over y than in the one over x (forward
  /// only); null: nothing
  const float* positive_offset = nullptr;
  DevicePairs excluded, positives;  ///< [num_x, num_y]
  bool removes_positives = false;   ///< positives are not in the softmax
};

/// Results of the forward kernel: maxima and sums of exp(l - maximum), by shares of the other side
/// (sums_grid).
struct SimilaritySums {
  float* x_maxima = nullptr;     ///< [grid.y, num_x]
  float* x_sums = nullptr;       ///< likewise
  float* y_maxima = nullptr;     ///< [grid.x, num_y]
  float* y_sums = nullptr;       ///< likewise
  float* pair_logits = nullptr;  ///< one a positive pair
};

/// g_ij = factor (exp(l_ij - x_shift_i) + exp(l_ij - y_shift_j)), or factor sigmoid(l_ij); plus
/// factor pairs at a positive pair.
struct SimilarityGradients {
  bool is_sigmoid = false;
  float factor = 1;
  const float* x_shift = nullptr;  ///< [num_x]
  const float* y_shift = nullptr;  ///< [num_y]
  const float* pairs = nullptr;    ///< one a positive pair
  void* gradients = nullptr;  ///< out: [num_x, stride] g, rounded to the type of x; zeros beyond
                              ///< num_y; null: not wanted
  int64_t stride = 0;         ///< a multiple of 8, at least num_y
  double* products =
      nullptr;  ///< out: [grid.y, grid.x] (gradients_grid) sums of unrounded g_ij (x_i . y_j)
  double* losses = nullptr;  ///< out: likewise, of softplus(l), less l at positives; sigmoid only
  double* sums = nullptr;    ///< out: likewise, of g / factor; sigmoid only
};

/// The partial sums of one side as one maximum and one logarithm a line.
struct SimilarityLogSums {
  const float* maxima = nullptr;  ///< [num_shares, num_lines]
  const float* sums = nullptr;    ///< likewise
  int64_t num_shares = 0, num_lines = 0;
  float* line_maxima = nullptr;  ///< out: [num_lines]
  double* log_sums = nullptr;    ///< out: [num_lines]; -infinity for a line of nothing
};

using SimilaritySumsCuda = int (*)(const SimilarityArguments*, const SimilaritySums*, void* stream);
using SimilarityGradientsCuda = int (*)(const SimilarityArguments*, const SimilarityGradients*,
                                        void* stream);
using SimilarityLogSumsCuda = int (*)(const SimilarityLogSums*, void* stream);

}  // namespace twinset
