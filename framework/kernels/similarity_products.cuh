// Private to this folder: products of tiles, 128 rows of x by 256 rows of y (128 in bfloat16), left
// in registers. 8 warps, two above each other and four beside; operands come by asynchronous copies
// in steps of 64 bytes along the depth, several steps ahead and across tiles, so that the copies of
// the next tile run while this one is worked on. 64-byte rows are swizzled: neither the copies nor
// ldmatrix meet a bank twice. README.md: the floor.
#pragma once

#include "framework/kernels/similarity_copies.cuh"

namespace twinset::similarity {

template <class Kind>
struct Step;

template <>
struct Step<Bfloat16> {
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
struct Step<Float32> {
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

template <class Kind>
class Products {
  using L = Layout<Kind>;
  using Tile = typename L::Tile;

 public:
  /// Starts the first copies into `stages`.
  __device__ Products(const SimilarityArguments& a, const Range& range, SharedAddress stages,
                      int num_stages)
      : copies_(a, range, stages, num_stages), stages_(stages), num_stages_(num_stages) {
    const Place<Kind> place;
    const int x_row = place.lane % 16, y_row = place.lane % 8 + place.lane / 16 * 8;
    from_x_ = static_cast<SharedAddress>((place.warp_row * 64 + x_row) * L::kStepBytes +
                                         ((place.lane / 16) ^ (x_row / 2 % 4)) * kChunkBytes);
    from_y_ = static_cast<SharedAddress>((kRows + place.warp_column * L::kWarpColumns + y_row) *
                                             L::kStepBytes +
                                         ((place.lane / 8 % 2) ^ (y_row / 2 % 4)) * kChunkBytes);
  }

  /// The products of the next tile. All threads of the block call it together.
  __device__ void next(Tile& sums) {
    TWINSET_UNROLL
    for (int i = 0; i < L::kI; ++i) {
      TWINSET_UNROLL
      for (int n = 0; n < L::kN; ++n) {
        TWINSET_UNROLL
        for (int k = 0; k < 4; ++k) sums[i][n][k] = 0.0f;
      }
    }
    for (int step = 0; step < copies_.num_steps(); ++step) {
      if (num_stages_ == L::kManyStages) {
        wait_for_copies<L::kManyStages - 2>();
      } else {
        wait_for_copies<L::kFewStages - 2>();
      }
      __syncthreads();  // the stage has arrived, and the one before has been read
      copies_.start_next();
      multiply_stage(stages_ + static_cast<SharedAddress>(read_stage_ * L::kStageBytes), sums);
      if (++read_stage_ == num_stages_) read_stage_ = 0;
    }
  }

 private:
  __device__ void multiply_stage(SharedAddress stage, Tile& sums) const {
    TWINSET_UNROLL
    for (int half = 0; half < 2; ++half) {  // 32 bytes of depth: 16 bfloat16 or 8 float32
      const SharedAddress flip = static_cast<SharedAddress>(half * 2 * kChunkBytes);
      Step<Kind> left;
      uint32_t loaded[4];
      TWINSET_UNROLL
      for (int i = 0; i < L::kI; ++i) {
        load_matrices(
            loaded,
            stage + ((from_x_ + static_cast<SharedAddress>(i * 16 * L::kStepBytes)) ^ flip));
        left.set_rows(i, loaded);
      }
      TWINSET_UNROLL
      for (int n = 0; n < L::kN; n += 2) {
        load_matrices(
            loaded, stage + ((from_y_ + static_cast<SharedAddress>(n * 8 * L::kStepBytes)) ^ flip));
        const typename Step<Kind>::Columns columns(loaded);
        TWINSET_UNROLL
        for (int i = 0; i < L::kI; ++i) {
          left.multiply(sums[i][n], i, columns, 0);
          left.multiply(sums[i][n + 1], i, columns, 1);
        }
      }
    }
  }

  Copies<Kind> copies_;
  SharedAddress stages_, from_x_, from_y_;
  int num_stages_, read_stage_ = 0;
};

}  // namespace twinset::similarity
