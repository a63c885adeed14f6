// Private to this folder: the known pairs that fall into a tile, as bits in shared memory, where
// each thread finds those of its own products. A positive's index is the first one's of its row,
// plus the bits before it.
#pragma once

#include "framework/kernels/similarity_shapes.cuh"

namespace twinset::similarity {

constexpr int kExcludedList = 0, kPositiveList = 1;

template <int kColumns>
struct Marks {
  uint64_t bits[2][kRows][kColumns / 64];  // of excluded and of positive pairs
  uint32_t first[kRows];                   // index of the row's first positive in the tile
};

/// Walks along one row of one list: thread i has row i % 128 of list i / 128.
template <int kColumns>
class PairCursor {
 public:
  __device__ PairCursor(const SimilarityArguments& a, Marks<kColumns>& marks)
      : a_(a), marks_(marks) {
    for (uint64_t& word : marks_.bits[list()][row()]) word = 0;
  }

  /// Goes to the first pair of row first_x + i that is not left of first_y.
  __device__ void start(int first_x, int first_y) {
    next_ = end_ = 0;
    const int x = first_x + row();
    const DevicePairs& pairs = list_of(a_);
    if (pairs.row_offsets != nullptr && x < a_.num_x) {
      next_ = static_cast<uint32_t>(pairs.row_offsets[x]);
      end_ = static_cast<uint32_t>(pairs.row_offsets[x + 1]);
      uint32_t high = end_;
      while (next_ < high) {
        const uint32_t middle = next_ + (high - next_) / 2;
        if (pairs.columns[middle] < first_y) {
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
  static __device__ const DevicePairs& list_of(const SimilarityArguments& a) {
    return list() == kExcludedList ? a.excluded : a.positives;
  }
  __device__ void read_column() {
    column_ = next_ < end_ ? static_cast<int>(list_of(a_).columns[next_]) : kNone;
  }
  static constexpr int kNone = INT32_MAX;

  const SimilarityArguments& a_;
  Marks<kColumns>& marks_;
  uint32_t next_ = 0, end_ = 0;
  int column_ = kNone;
  bool has_marks_ = false;
};
static_assert(kThreads == 2 * kRows);

/// Calls f(i, n, 2 h + c, index of the pair) for the thread's marked products (Layout::Tile); the
/// index is only that of a positive.
template <class Kind, class F>
__device__ void for_each_mark(const Marks<Shape<Kind>::kColumns>& marks, int list,
                              const Place<Kind>& place, const F& f) {
  using L = Layout<Kind>;
  constexpr int kWordColumns = L::kWarpColumns < 64 ? L::kWarpColumns : 64;
  constexpr uint64_t kOwn = kWordColumns == 64 ? 0x0303030303030303u : 0x03030303u;
  static_assert(kWordColumns >= 32);
  const int begin = place.warp_column * L::kWarpColumns, shift = begin % 64 + place.lane % 4 * 2;
  TWINSET_UNROLL
  for (int i = 0; i < L::kI; ++i) {
    TWINSET_UNROLL
    for (int h = 0; h < 2; ++h) {
      const uint64_t* words = marks.bits[list][place.row(i, h)];
      TWINSET_UNROLL
      for (int part = 0; part < L::kWarpColumns / kWordColumns; ++part) {
        const int word = begin / 64 + part;
        const uint64_t all = words[word], mine = (all >> shift) & kOwn;
        if (mine == 0) continue;
        uint32_t first = marks.first[place.row(i, h)];
        for (int w = 0; w < word; ++w) first += static_cast<uint32_t>(__popcll(words[w]));
        TWINSET_UNROLL
        for (int n = 0; n < kWordColumns / 8; ++n) {
          TWINSET_UNROLL
          for (int c = 0; c < 2; ++c) {
            if (((mine >> (n * 8 + c)) & 1) == 0) continue;
            f(i, part * 8 + n, 2 * h + c,
              first + static_cast<uint32_t>(
                          __popcll(all & ((uint64_t{1} << (n * 8 + c + shift)) - 1))));
          }
        }
      }
    }
  }
}

/// Calls f(i, n, 2 h + c) for the thread's products that are not in the first `num_rows` rows.
template <class Kind, class F>
__device__ void for_each_row_outside(const Place<Kind>& place, int num_rows, const F& f) {
  TWINSET_UNROLL
  for (int i = 0; i < Layout<Kind>::kI; ++i) {
    TWINSET_UNROLL
    for (int k = 0; k < 4; ++k) {
      if (place.row(i, k / 2) < num_rows) continue;
      TWINSET_UNROLL
      for (int n = 0; n < Layout<Kind>::kN; ++n) f(i, n, k);
    }
  }
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
