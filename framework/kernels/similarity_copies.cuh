// Private to this folder: asynchronous copies of a tile's operands, in steps along the depth, into
// stages of shared memory: first 128 rows of x, then the rows of y, kStepBytes each. Chunks of 16
// bytes are swizzled, so that what reads eight rows below one another meets no bank twice: chunk c
// of row r stands at c ^ (r / 2 % 4) in rows of 64 bytes, and at c ^ (r % 8) in rows of 128, which
// is the swizzle of sm_90's own instructions.
#pragma once

#include "framework/kernels/similarity_shapes.cuh"

namespace twinset::similarity {

template <class Kind>
class Copies {
  using L = Layout<Kind>;
  static constexpr int kChunks = L::kStepBytes / kChunkBytes, kRowsAtOnce = kThreads / kChunks;
  static constexpr int kX = kRows / kRowsAtOnce, kY = L::kColumns / kRowsAtOnce;

 public:
  /// Starts all stages but one.
  __device__ Copies(const SimilarityArguments& a, const Range& range, SharedAddress stages,
                    int num_stages)
      : a_(a),
        range_(range),
        stages_(stages),
        num_stages_(num_stages),
        row_chunks_(static_cast<int>(a.depth) * static_cast<int>(sizeof(typename L::Element)) /
                    kChunkBytes),
        num_steps_((row_chunks_ + kChunks - 1) / kChunks),
        x_row_(range.first_x),
        y_row_(range.first_y) {
    const int row = static_cast<int>(threadIdx.x) / kChunks,
              swizzle = kChunks == 4 ? row / 2 % 4 : row % 8;
    to_ = static_cast<SharedAddress>(
        row * L::kStepBytes + ((static_cast<int>(threadIdx.x) % kChunks) ^ swizzle) * kChunkBytes);
    start_tile();
    for (int i = 0; i < num_stages - 1; ++i) start_next();
  }

  /// Of a tile.
  __device__ int num_steps() const { return num_steps_; }

  /// Starts the copies of the next step, after the last one none.
  __device__ void start_next() {
    if (x_row_ < range_.end_x) {
      const int chunk = step_ * kChunks + static_cast<int>(threadIdx.x) % kChunks;
      const bool is_inside = chunk < row_chunks_;
      const int offset = is_inside ? step_ * kChunks : 0;
      SharedAddress to = stages_ + static_cast<SharedAddress>(stage_ * L::kStageBytes) + to_;
      copy_rows(static_cast<const char*>(a_.x), x_places_, offset, is_inside, to);
      copy_rows(static_cast<const char*>(a_.y), y_places_, offset, is_inside,
                to + kRows * L::kStepBytes);
      if (++step_ == num_steps_) {
        step_ = 0;
        y_row_ += L::kColumns;
        if (y_row_ >= range_.end_y) {
          y_row_ = range_.first_y;
          x_row_ += kRows;
        }
        start_tile();
      }
    }
    commit_copies();
    if (++stage_ == num_stages_) stage_ = 0;
  }

 private:
  /// The thread's chunks of the tile's first step, counted from the matrix's start. Rows outside
  /// are the last one again: who takes the products leaves them out.
  __device__ void start_tile() {
    place_rows(x_places_, x_row_, static_cast<int>(a_.num_x));
    place_rows(y_places_, y_row_, static_cast<int>(a_.num_y));
  }
  template <int kCount>
  __device__ void place_rows(int (&places)[kCount], int first, int num_rows) const {
    const int thread = static_cast<int>(threadIdx.x);
    TWINSET_UNROLL
    for (int k = 0; k < kCount; ++k) {
      const int row = first + thread / kChunks + k * kRowsAtOnce;
      places[k] = (row < num_rows ? row : num_rows - 1) * row_chunks_ + thread % kChunks;
    }
  }
  template <int kCount>
  __device__ void copy_rows(const char* matrix, const int (&places)[kCount], int offset,
                            bool is_inside, SharedAddress to) const {
    TWINSET_UNROLL
    for (int k = 0; k < kCount; ++k) {
      const int place = is_inside ? places[k] + offset : 0;
      copy_async(to + static_cast<SharedAddress>(k * kRowsAtOnce * L::kStepBytes),
                 matrix + static_cast<int64_t>(place) * kChunkBytes, is_inside);
    }
  }

  const SimilarityArguments& a_;
  Range range_;
  SharedAddress stages_, to_;
  int num_stages_, row_chunks_, num_steps_, x_row_, y_row_, step_ = 0, stage_ = 0;
  int x_places_[kX], y_places_[kY];
};

}  // namespace twinset::similarity
