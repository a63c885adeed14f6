// Private to this folder: the known pairs that fall into a tile, as bits in shared memory, where
// each thread finds those of its own products. A positive's index is the first one's of its row,
// plus the bits before it.
#pragma once

#include "framework/kernels/similarity_products.cuh"

namespace twinset::similarity {

constexpr int kExcludedList = 0, kPositiveList = 1;

template <int kColumns>
struct Marks {
  uint64_t bits[2][kRows][kColumns / 64];  // of excluded and of positive pairs
  int64_t first[kRows];                    // index of the row's first positive in the tile
};

/// Walks along one row of one list: thread i has row i % 128 of list i / 128.
template <int kColumns>
class PairCursor {
 public:
  __device__ PairCursor(const SimilarityArguments& a, Marks<kColumns>& marks)
      : pairs_(list() == kExcludedList ? a.excluded : a.positives),
        num_x_(static_cast<int>(a.num_x)),
        marks_(marks) {
    for (uint64_t& word : marks_.bits[list()][row()]) word = 0;
  }

  /// Goes to the first pair of row first_x + i that is not left of first_y.
  __device__ void start(int first_x, int first_y) {
    next_ = end_ = 0;
    const int x = first_x + row();
    if (pairs_.row_offsets != nullptr && x < num_x_) {
      next_ = pairs_.row_offsets[x];
      end_ = pairs_.row_offsets[x + 1];
      int64_t high = end_;
      while (next_ < high) {
        const int64_t middle = (next_ + high) / 2;
        if (pairs_.columns[middle] < first_y) {
          next_ = middle + 1;
        } else {
          high = middle;
        }
      }
    }
    read_column();
  }

  /// Sets the marks of the tile at first_y. The tiles of a row come in order; a barrier must
  /// follow.
  __device__ void mark(int first_y) {
    if (has_marks_) {
      for (uint64_t& word : marks_.bits[list()][row()]) word = 0;
    }
    has_marks_ = column_ - first_y < kColumns;
    if (!has_marks_) return;
    if (list() == kPositiveList) marks_.first[row()] = next_;
    while (column_ - first_y < kColumns) {
      marks_.bits[list()][row()][(column_ - first_y) / 64] |= uint64_t{1}
                                                              << ((column_ - first_y) % 64);
      ++next_;
      read_column();
    }
  }

 private:
  static __device__ int list() { return static_cast<int>(threadIdx.x) / kRows; }
  static __device__ int row() { return static_cast<int>(threadIdx.x) % kRows; }
  __device__ void read_column() {
    column_ = next_ < end_ ? static_cast<int>(pairs_.columns[next_]) : kNone;
  }
  static constexpr int kNone = INT32_MAX;

  DevicePairs pairs_;
  int num_x_, column_ = kNone;
  int64_t next_ = 0, end_ = 0;
  bool has_marks_ = false;
  Marks<kColumns>& marks_;
};
static_assert(kThreads == 2 * kRows);

/// Calls f(i, n, 2 h + c, index of the pair) for the thread's marked products (Shape::Tile); the
/// index is only that of a positive.
template <int kColumns, class F>
__device__ void for_each_mark(const Marks<kColumns>& marks, int list,
                              const Place<kColumns / 4>& place, const F& f) {
  constexpr int kWarpColumns = kColumns / 4;
  const int begin = place.warp_column * kWarpColumns, shift = begin % 64 + place.lane % 4 * 2;
  TWINSET_UNROLL
  for (int i = 0; i < 4; ++i) {
    TWINSET_UNROLL
    for (int h = 0; h < 2; ++h) {
      const uint64_t* words = marks.bits[list][place.row(i, h)];
      constexpr uint64_t kOwn = kWarpColumns == 64 ? 0x0303030303030303u : 0x03030303u;
      const uint64_t all = words[begin / 64], mine = (all >> shift) & kOwn;
      if (mine == 0) continue;
      int64_t first = marks.first[place.row(i, h)];
      for (int w = 0; w < begin / 64; ++w) first += __popcll(words[w]);
      TWINSET_UNROLL
      for (int n = 0; n < kWarpColumns / 8; ++n) {
        TWINSET_UNROLL
        for (int c = 0; c < 2; ++c) {
          if (((mine >> (n * 8 + c)) & 1) == 0) continue;
          f(i, n, 2 * h + c, first + __popcll(all & ((uint64_t{1} << (n * 8 + c + shift)) - 1)));
        }
      }
    }
  }
}

/// Calls f(i, n, 2 h + c) for the thread's products that are not in the first `num_rows` rows.
template <class Element, class F>
__device__ void for_each_row_outside(const Place<Shape<Element>::kWarpColumns>& place, int num_rows,
                                     const F& f) {
  TWINSET_UNROLL
  for (int i = 0; i < 4; ++i) {
    TWINSET_UNROLL
    for (int k = 0; k < 4; ++k) {
      if (place.row(i, k / 2) < num_rows) continue;
      TWINSET_UNROLL
      for (int n = 0; n < Shape<Element>::kN; ++n) f(i, n, k);
    }
  }
}

__device__ inline int least(int a, int b) { return a < b ? a : b; }

/// The thread block's lines, where `num_blocks` share `count` in whole tiles.
__device__ inline void share(int count, int tile, int num_blocks, int block, int& first, int& end) {
  const int tiles = (count + tile - 1) / tile, size = (tiles + num_blocks - 1) / num_blocks * tile;
  first = block * size;
  end = least(first + size, count);
}
template <int kColumns>
__device__ Range block_range(const SimilarityArguments& a) {
  Range range;
  share(static_cast<int>(a.num_x), kRows, static_cast<int>(gridDim.x), static_cast<int>(blockIdx.x),
        range.first_x, range.end_x);
  share(static_cast<int>(a.num_y), kColumns, static_cast<int>(gridDim.y),
        static_cast<int>(blockIdx.y), range.first_y, range.end_y);
  return range;
}

constexpr double kLog2 = 0.693147180559945309;
constexpr float kLog2E = 1.4426950408889634f;

/// One of `count` numbers, multiplied by log2(e): exponentials are powers of 2. Null: zeros.
__device__ inline float binary_number(const float* values, int line, int64_t count,
                                      float otherwise) {
  if (line >= count) return otherwise;
  return values == nullptr ? 0.0f : values[line] * kLog2E;
}
}  // namespace twinset::similarity
