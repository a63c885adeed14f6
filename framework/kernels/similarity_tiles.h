// The C interface of the tiled similarity kernels in libtwinset_cuda.so (cuda_kernels.h names
// them). No torch, no CUDA header.
#pragma once

#include <algorithm>
#include <cstdint>

namespace twinset {

/// Rows of x and rows of y of the tile that a thread block multiplies at a time.
inline constexpr int64_t kSimilarityRows = 128;
constexpr int64_t similarity_columns(bool is_bfloat16) { return is_bfloat16 ? 128 : 256; }

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
inline SimilarityGrid sums_grid(int64_t num_x, int64_t num_y, bool is_bfloat16) {
  return {similarity_shares(num_x, kSimilarityRows, 32),
          similarity_shares(num_y, similarity_columns(is_bfloat16), 32)};
}
/// Parts that the gradient kernel leaves of one gradient: 24 bits of float32 are three bfloat16.
constexpr int64_t gradient_parts(bool is_bfloat16) { return is_bfloat16 ? 1 : 3; }
/// Of the gradient kernel: a row of tiles in at most 16 shares, so that 2,048 rows of x keep 256
/// thread blocks busy.
inline SimilarityGrid gradients_grid(int64_t num_x, int64_t num_y, bool is_bfloat16) {
  return {similarity_shares(num_x, kSimilarityRows, num_x),
          similarity_shares(num_y, similarity_columns(is_bfloat16), 16)};
}

/// Pairs in compressed rows on the device, less than 2^31; null: none.
struct DevicePairs {
  const int64_t* row_offsets = nullptr;  ///< [num_x + 1]
  const int64_t* columns = nullptr;
};

/// Logits l_ij = scale x_i . y_j + bias - y_offset_j. All pointers are to device memory, scalars
/// too: nobody waits for them.
struct SimilarityArguments {
  const void* x =
      nullptr;  ///< [num_x, depth] bfloat16 or float32; rows start at multiples of 16 bytes
  const void* y = nullptr;                  ///< [num_y, depth], likewise
  int64_t num_x = 0, num_y = 0, depth = 0;  ///< neither matrix is 32 GiB large
  bool is_bfloat16 = false;
  const float* scale = nullptr;     ///< [] above 0
  const float* bias = nullptr;      ///< []; null: 0
  const float* y_offset = nullptr;  ///< [num_y]; null: zeros
  /// [num_y] what a positive's logit has more in the softmax over y than in the one over x (forward
  /// only); null: nothing
  const float* positive_offset = nullptr;
  DevicePairs excluded, positives;  ///< [num_x, num_y]
  bool removes_positives = false;   ///< positives are not in the softmax
};

/// Results of the forward kernel: sums of 2^(l / log 2 - maximum) by shares of the other side
/// (sums_grid). A row's maximum is its largest l / log 2; a column's is a number near it.
struct SimilaritySums {
  float* x_maxima = nullptr;      ///< [grid.y, num_x]
  float* x_sums = nullptr;        ///< likewise
  float* y_maxima = nullptr;      ///< [grid.x, num_y]
  float* y_sums = nullptr;        ///< likewise
  double* pair_logits = nullptr;  ///< one a positive pair, in the logits' units
};

/// With f = factor scale upstream: g_ij = f (exp(l_ij - x_shift_i) + exp(l_ij - y_shift_j)), plus f
/// pairs at a positive pair; or f sigmoid(l_ij), less f at a positive pair.
struct SimilarityGradients {
  bool is_sigmoid = false;
  float factor = 1;
  const float* upstream = nullptr;  ///< []; null: 1
  const float* x_shift = nullptr;   ///< [num_x]
  const float* y_shift = nullptr;   ///< [num_y]
  const float* pairs = nullptr;     ///< one a positive pair; softmax only
  /// out: [num_x, stride] g in bfloat16, zeros beyond num_y; of float32 operands three such parts
  /// that add up to g, each rounding what those before left; null: not wanted
  void* gradients = nullptr;
  int64_t stride = 0;       ///< a multiple of 8, at least num_y
  int64_t part_stride = 0;  ///< numbers from a part to the next
  /// out: [grid.y, grid.x] (gradients_grid) sums of unrounded g_ij (x_i . y_j) / scale
  double* products = nullptr;
  double* losses = nullptr;  ///< out: likewise, of softplus(l), less l at positives; sigmoid only
  double* sums = nullptr;    ///< out: likewise, of g / f; sigmoid only
};

/// The partial sums of one side as one maximum and one logarithm a line.
struct SimilarityLogSums {
  const float* maxima = nullptr;  ///< [num_shares, num_lines]
  const float* sums = nullptr;    ///< likewise
  int64_t num_shares = 0, num_lines = 0;
  double* line_maxima = nullptr;  ///< out: [num_lines] in the logits' units
  double* log_sums = nullptr;     ///< out: [num_lines]; -infinity for a line of nothing
};

using SimilaritySumsCuda = int (*)(const SimilarityArguments*, const SimilaritySums*, void* stream);
using SimilarityGradientsCuda = int (*)(const SimilarityArguments*, const SimilarityGradients*,
                                        void* stream);
/// Two sides in one launch.
using SimilarityLogSumsCuda = int (*)(const SimilarityLogSums*, const SimilarityLogSums*,
                                      void* stream);

}  // namespace twinset
