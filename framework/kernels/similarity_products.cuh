// Private to this folder: products of tiles, 128 rows of x by 256 rows of y (128 in bfloat16), left
// in registers. 8 warps, two above each other and four beside; operands come by asynchronous copies
// in steps of 64 bytes along the depth, several steps ahead and across tiles, so that the copies of
// the next tile run while this one is worked on. 64-byte rows are swizzled: neither the copies nor
// ldmatrix meet a bank twice. README.md: the floor.
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

constexpr int kRows = static_cast<int>(kSimilarityRows), kThreads = 256;
constexpr int kStepBytes = 64, kChunkBytes = 16;

/// Tiles of an operands' type. In bfloat16 what is done with the products takes as long as they do:
/// two thread blocks share a multiprocessor, and one multiplies while the other does that.
template <class Element>
struct Shape {
  static constexpr bool kIsBfloat16 = sizeof(Element) == 2;
  static constexpr int kColumns = static_cast<int>(similarity_columns(kIsBfloat16)),
                       kWarpColumns = kColumns / 4, kBlocks = kIsBfloat16 ? 2 : 1;
  static constexpr int kStageBytes = (kRows + kColumns) * kStepBytes,
                       kFewStages = kIsBfloat16 ? 4 : 3, kManyStages = 6;
  /// Of shared memory, before the stages, for what a kernel does with the products.
  static constexpr int kSharedBytes = (kIsBfloat16 ? 12 : 19) << 10;
  /// Products of a thread: rows 16 i + 8 h + lane / 4, columns 8 n + 2 (lane % 4) + c of its warp's
  /// 64 x kWarpColumns stand at [i][n][2 h + c].
  static constexpr int kN = kWarpColumns / 8;
  using Tile = float[4][kN][4];
};

/// Where the thread's part of a tile is.
template <int kWarpColumns>
struct Place {
  int lane = static_cast<int>(threadIdx.x) % 32, warp_row = static_cast<int>(threadIdx.x) / 128,
      warp_column = static_cast<int>(threadIdx.x) / 32 % 4;
  __device__ int row(int i, int h) const { return warp_row * 64 + i * 16 + h * 8 + lane / 4; }
  __device__ int column(int n, int c) const {
    return warp_column * kWarpColumns + n * 8 + lane % 4 * 2 + c;
  }
};

/// Rows of x and of y that a thread block works on, tile by tile, y innermost.
struct Range {
  int first_x, end_x, first_y, end_y;
};

template <class Element>
struct Step;

template <>
struct Step<__nv_bfloat16> {
  uint32_t rows[4][4];
  __device__ void set_rows(int i, const uint32_t (&loaded)[4]) {
    for (int k = 0; k < 4; ++k) rows[i][k] = loaded[k];
  }
  struct Columns {
    uint32_t values[4];
    __device__ explicit Columns(const uint32_t (&loaded)[4])
        : values{loaded[0], loaded[1], loaded[2], loaded[3]} {}
  };
  __device__ void multiply(float (&sums)[4], int i, const Columns& columns, int n) const {
    multiply_bfloat16(sums, rows[i], columns.values[2 * n], columns.values[2 * n + 1]);
  }
};

// float32 as a tf32 and a tf32 of what that leaves, 22 bits in all; the product of the two small
// parts is too small to count.
template <>
struct Step<float> {
  uint32_t rows[4][4], small_rows[4][4];
  static __device__ void split(uint32_t bits, uint32_t& large, uint32_t& small) {
    constexpr uint32_t kKept = 0xffffe000, kHalf = 0x1000;
    large = (bits + kHalf) & kKept;  // rounded, so that what is left has either sign
    small = (__float_as_uint(__uint_as_float(bits) - __uint_as_float(large)) + kHalf) & kKept;
  }
  __device__ void set_rows(int i, const uint32_t (&loaded)[4]) {
    for (int k = 0; k < 4; ++k) split(loaded[k], rows[i][k], small_rows[i][k]);
  }
  struct Columns {
    uint32_t values[4], small_values[4];
    __device__ explicit Columns(const uint32_t (&loaded)[4]) {
      for (int k = 0; k < 4; ++k) split(loaded[k], values[k], small_values[k]);
    }
  };
  __device__ void multiply(float (&sums)[4], int i, const Columns& columns, int n) const {
    multiply_tf32(sums, small_rows[i], columns.values[2 * n], columns.values[2 * n + 1]);
    multiply_tf32(sums, rows[i], columns.small_values[2 * n], columns.small_values[2 * n + 1]);
    multiply_tf32(sums, rows[i], columns.values[2 * n], columns.values[2 * n + 1]);
  }
};

template <class Element>
class Products {
  using S = Shape<Element>;
  using Tile = typename S::Tile;

 public:
  /// Starts the first copies into `stages`.
  __device__ Products(const SimilarityArguments& a, const Range& range, SharedAddress stages,
                      int num_stages)
      : x_(static_cast<const char*>(a.x)),
        y_(static_cast<const char*>(a.y)),
        num_x_(static_cast<int>(a.num_x)),
        num_y_(static_cast<int>(a.num_y)),
        row_bytes_(static_cast<int>(a.depth) * static_cast<int>(sizeof(Element))),
        range_(range),
        stages_(stages),
        num_stages_(num_stages),
        num_steps_(static_cast<int>((row_bytes_ + kStepBytes - 1) / kStepBytes)),
        load_x_(range.first_x),
        load_y_(range.first_y) {
    const int thread = static_cast<int>(threadIdx.x), lane = thread % 32;
    copy_to_ = static_cast<SharedAddress>(thread / 4 * kStepBytes +
                                          ((thread % 4) ^ (thread / 8 % 4)) * kChunkBytes);
    const Place<S::kWarpColumns> place;
    const int x_row = lane % 16, y_row = lane % 8 + lane / 16 * 8;
    from_x_ = static_cast<SharedAddress>((place.warp_row * 64 + x_row) * kStepBytes +
                                         ((lane / 16) ^ (x_row / 2 % 4)) * kChunkBytes);
    from_y_ = static_cast<SharedAddress>((kRows + place.warp_column * S::kWarpColumns + y_row) *
                                             kStepBytes +
                                         ((lane / 8 % 2) ^ (y_row / 2 % 4)) * kChunkBytes);
    for (int i = 0; i < num_stages - 1; ++i) load_next();
  }

  /// The products of the next tile. All threads of the block call it together.
  __device__ void next(Tile& sums) {
    TWINSET_UNROLL
    for (int i = 0; i < 4; ++i) {
      TWINSET_UNROLL
      for (int n = 0; n < S::kN; ++n) {
        TWINSET_UNROLL
        for (int k = 0; k < 4; ++k) sums[i][n][k] = 0.0f;
      }
    }
    for (int step = 0; step < num_steps_; ++step) {
      if (num_stages_ == S::kManyStages) {
        wait_for_copies<S::kManyStages - 2>();
      } else {
        wait_for_copies<S::kFewStages - 2>();
      }
      __syncthreads();  // the stage has arrived, and the one before has been read
      load_next();
      multiply_stage(stages_ + static_cast<SharedAddress>(read_stage_ * S::kStageBytes), sums);
      if (++read_stage_ == num_stages_) read_stage_ = 0;
    }
  }

 private:
  __device__ void load_next() {
    if (load_x_ < range_.end_x) {
      const int column = load_step_ * kStepBytes + static_cast<int>(threadIdx.x) % 4 * kChunkBytes;
      const SharedAddress to =
          stages_ + static_cast<SharedAddress>(load_stage_ * S::kStageBytes) + copy_to_;
      copy_rows<kRows / 64>(x_, load_x_, num_x_, column, to);
      copy_rows<S::kColumns / 64>(y_, load_y_, num_y_, column, to + kRows * kStepBytes);
      if (++load_step_ == num_steps_) {
        load_step_ = 0;
        load_y_ += S::kColumns;
        if (load_y_ >= range_.end_y) {
          load_y_ = range_.first_y;
          load_x_ += kRows;
        }
      }
    }
    commit_copies();
    if (++load_stage_ == num_stages_) load_stage_ = 0;
  }

  template <int kCount>
  __device__ void copy_rows(const char* matrix, int first_row, int num_rows, int column,
                            SharedAddress to) const {
    TWINSET_UNROLL
    for (int k = 0; k < kCount; ++k) {
      const int row = first_row + static_cast<int>(threadIdx.x) / 4 + k * 64;
      const bool is_inside = row < num_rows && column < row_bytes_;
      const int64_t place = is_inside ? static_cast<int64_t>(row) * row_bytes_ + column : 0;
      copy_async(to + static_cast<SharedAddress>(k * 64 * kStepBytes), matrix + place, is_inside);
    }
  }

  __device__ void multiply_stage(SharedAddress stage, Tile& sums) const {
    TWINSET_UNROLL
    for (int half = 0; half < 2; ++half) {  // 32 bytes of depth: 16 bfloat16 or 8 float32
      const SharedAddress flip = static_cast<SharedAddress>(half * 2 * kChunkBytes);
      Step<Element> left;
      uint32_t loaded[4];
      TWINSET_UNROLL
      for (int i = 0; i < 4; ++i) {
        load_matrices(loaded,
                      stage + ((from_x_ + static_cast<SharedAddress>(i * 16 * kStepBytes)) ^ flip));
        left.set_rows(i, loaded);
      }
      TWINSET_UNROLL
      for (int n = 0; n < S::kN; n += 2) {
        load_matrices(loaded,
                      stage + ((from_y_ + static_cast<SharedAddress>(n * 8 * kStepBytes)) ^ flip));
        const typename Step<Element>::Columns columns(loaded);
        TWINSET_UNROLL
        for (int i = 0; i < 4; ++i) {
          left.multiply(sums[i][n], i, columns, 0);
          left.multiply(sums[i][n + 1], i, columns, 1);
        }
      }
    }
  }

  const char *x_, *y_;
  int num_x_, num_y_, row_bytes_;
  Range range_;
  SharedAddress stages_, copy_to_, from_x_, from_y_;
  int num_stages_, num_steps_, load_x_, load_y_, load_step_ = 0, load_stage_ = 0, read_stage_ = 0;
};

}  // namespace twinset::similarity
