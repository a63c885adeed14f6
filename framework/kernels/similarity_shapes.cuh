// Private to this folder: what a tile of products looks like for each kind of tensor-core
// instruction, and where a thread's part of it is.
#pragma once

#include <cstdint>

#include "framework/kernels/similarity_tiles.h"
#ifdef __CUDACC__
#include "framework/kernels/tensor_core.cuh"
#define TWINSET_UNROLL _Pragma("unroll")
#else
#define TWINSET_UNROLL
#endif

namespace twinset::similarity {

constexpr int kRows = static_cast<int>(kSimilarityRows), kThreads = 256, kChunkBytes = 16;

// Kinds: bfloat16 operands; float32 ones; bfloat16 ones on sm_90a, whose instructions take operands
// from shared memory.
struct Bfloat16 {};
struct Float32 {};
struct HopperBfloat16 {};

/// In bfloat16 what is done with the products takes about as long as they do: two thread blocks
/// share a multiprocessor, and one multiplies while the other does that.
template <class Kind>
struct Shape;
template <>
struct Shape<Bfloat16> {
  using Element = __nv_bfloat16;
  static constexpr int kColumns = similarity_columns(true), kWarpsAcross = 4, kBlocks = 2,
                       kStepBytes = 64, kFewStages = 4, kManyStages = 6;
  /// Of shared memory, before the stages, for what a kernel does with the products.
  static constexpr int kSharedBytes = 12 << 10;
};
template <>
struct Shape<Float32> {
  using Element = float;
  static constexpr int kColumns = similarity_columns(false), kWarpsAcross = 4, kBlocks = 1,
                       kStepBytes = 64, kFewStages = 3, kManyStages = 6, kSharedBytes = 19 << 10;
};
template <>
struct Shape<HopperBfloat16> {
  using Element = __nv_bfloat16;
  static constexpr int kColumns = similarity_columns(true), kWarpsAcross = 1, kBlocks = 2,
                       kStepBytes = 128, kFewStages = 3, kManyStages = 3, kSharedBytes = 15 << 10;
};

/// What follows from a shape.
template <class Kind>
struct Layout : Shape<Kind> {
  using typename Shape<Kind>::Element;
  static constexpr int kWarpsDown = kThreads / 32 / Shape<Kind>::kWarpsAcross,
                       kWarpRows = kRows / kWarpsDown, kI = kWarpRows / 16,
                       kWarpColumns = Shape<Kind>::kColumns / Shape<Kind>::kWarpsAcross,
                       kN = kWarpColumns / 8;
  static constexpr int kStageBytes = (kRows + Shape<Kind>::kColumns) * Shape<Kind>::kStepBytes;
  /// Of bfloat16, that a gradient is left in.
  static constexpr int kParts = static_cast<int>(gradient_parts(sizeof(Element) == 2));
  /// Products of a thread: rows 16 i + 8 h + lane / 4, columns 8 n + 2 (lane % 4) + c of its warp's
  /// part stand at [i][n][2 h + c].
  using Tile = float[kI][kN][4];
};

template <class Kind>
struct Place {
  using L = Layout<Kind>;
  int lane = static_cast<int>(threadIdx.x) % 32,
      warp_row = static_cast<int>(threadIdx.x) / 32 / L::kWarpsAcross,
      warp_column = static_cast<int>(threadIdx.x) / 32 % L::kWarpsAcross;
  __device__ int row(int i, int h) const {
    return warp_row * L::kWarpRows + i * 16 + h * 8 + lane / 4;
  }
  __device__ int column(int n, int c) const {
    return warp_column * L::kWarpColumns + n * 8 + lane % 4 * 2 + c;
  }
};

/// Calls f(i, h) for a thread's rows, f(n, c) for its columns (Layout::Tile).
template <class Kind, class F>
__device__ void for_each_row(const F& f) {
  TWINSET_UNROLL
  for (int i = 0; i < Layout<Kind>::kI; ++i) {
    TWINSET_UNROLL
    for (int h = 0; h < 2; ++h) f(i, h);
  }
}
template <class Kind, class F>
__device__ void for_each_column(const F& f) {
  TWINSET_UNROLL
  for (int n = 0; n < Layout<Kind>::kN; ++n) {
    TWINSET_UNROLL
    for (int c = 0; c < 2; ++c) f(n, c);
  }
}

/// Products(arguments, range, stages, num_stages), and next(tile) for one tile after the other.
template <class Kind>
class Products;

/// Rows of x and of y that a thread block works on, tile by tile, y innermost.
struct Range {
  int first_x, end_x, first_y, end_y;
};

/// The thread block's lines, where `num_blocks` share `count` in whole tiles.
__device__ inline void share(int count, int tile, int num_blocks, int block, int& first, int& end) {
  const int tiles = (count + tile - 1) / tile, size = (tiles + num_blocks - 1) / num_blocks * tile;
  first = block * size;
  end = first + size < count ? first + size : count;
}
template <class Kind>
__device__ Range block_range(const SimilarityArguments& a) {
  Range range;
  share(static_cast<int>(a.num_x), kRows, static_cast<int>(gridDim.x), static_cast<int>(blockIdx.x),
        range.first_x, range.end_x);
  share(static_cast<int>(a.num_y), Shape<Kind>::kColumns, static_cast<int>(gridDim.y),
        static_cast<int>(blockIdx.y), range.first_y, range.end_y);
  return range;
}

}  // namespace twinset::similarity
