// Private to this folder: the forward kernel of similarity_tiles.h. Logits stay in registers, in
// units of log 2: a thread keeps running sums of its rows; the sums of columns go through shared
// memory.
//
// One exponential a pair serves both directions: a warp takes all of its part of a tile by one
// reference. Lines that lie more than 130 below it are taken by maxima of their own, with an
// exponential for each direction.
#pragma once

#include "framework/kernels/similarity_marks.cuh"

namespace twinset::similarity {

template <class Kind>
struct SumsShared {
  using L = Layout<Kind>;
  static constexpr int kColumns = L::kColumns;
  Marks<kColumns> marks;
  float offsets[kColumns];
  float x_maxima[L::kWarpsAcross][kRows], x_sums[L::kWarpsAcross][kRows];
  float y_maxima[L::kWarpsDown][kColumns], y_sums[L::kWarpsDown][kColumns];
};

/// A maximum that can be subtracted from a maximum of -infinity.
__device__ inline float finite(float maximum) { return maximum == -INFINITY ? 0.0f : maximum; }

/// Adds sum 2^maximum to a running one.
__device__ inline void add_sum(float maximum, float sum, float& running_maximum,
                               float& running_sum) {
  const float top = fmaxf(maximum, running_maximum), shift = finite(top);
  running_sum =
      running_sum * exponential2(running_maximum - shift) + sum * exponential2(maximum - shift);
  running_maximum = top;
}

/// A thread's rows over the tiles of a row.
template <class Kind>
struct RowSums {
  static constexpr int kI = Layout<Kind>::kI;
  float maxima[kI][2], sums[kI][2];
  __device__ RowSums() {
    TWINSET_UNROLL
    for (int i = 0; i < kI; ++i) {
      maxima[i][0] = maxima[i][1] = -INFINITY;
      sums[i][0] = sums[i][1] = 0.0f;
    }
  }
};

/// Columns of a warp's part that are taken at once: registers for their sums are short.
template <class Kind>
constexpr int kColumnGroup = Layout<Kind>::kN < 8 ? Layout<Kind>::kN : 8;

/// Adds up sums of columns, of each lane, over the lanes that kMask tells apart; a lane keeps half
/// of the columns, and hands the others over. Returns the first that it keeps.
template <int kMask, int kCount>
__device__ int fold_columns(float (&sums)[kCount], int lane, float (&kept)[kCount / 2]) {
  const bool is_upper = (lane & kMask) != 0;
  TWINSET_UNROLL
  for (int k = 0; k < kCount / 2; ++k) {
    const float mine = is_upper ? sums[k + kCount / 2] : sums[k],
                others = is_upper ? sums[k] : sums[k + kCount / 2];
    kept[k] = mine + shuffle_xor(others, kMask);
  }
  return is_upper ? kCount / 2 : 0;
}

/// Adds them up over a warp's rows, and calls keep(place of the column, sum) once a column.
template <int kCount, class Keep>
__device__ void add_up_columns(float (&sums)[kCount], int lane, const Keep& keep) {
  float halves[kCount / 2], quarters[kCount / 4], eighths[kCount / 8];
  int first = fold_columns<16>(sums, lane, halves);
  first += fold_columns<8>(halves, lane, quarters);
  first += fold_columns<4>(quarters, lane, eighths);
  TWINSET_UNROLL
  for (int k = 0; k < kCount / 8; ++k) keep(first + k, eighths[k]);
}

/// Sums up a warp's columns from first_n on by one reference; false, and nothing done, if a line is
/// too low for that.
/// @param keep  (column of the tile, maximum, sum)
template <class Kind, class Keep>
__device__ bool add_by_reference(const typename Layout<Kind>::Tile& logits, int first_n,
                                 const Place<Kind>& place, RowSums<Kind>& rows, const Keep& keep) {
  constexpr int kI = Layout<Kind>::kI, kGroup = kColumnGroup<Kind>;
  // Sums are precise to 130 below the largest: 2^30 is above underflow by that, and what is lost
  // below does not count beside 2^-100. A larger headroom would round the differences more.
  constexpr float kLargest = 30.0f, kLeastSum = 0x1p-100f;
  float tops[kI][2], highest = -INFINITY;
  TWINSET_UNROLL
  for (int i = 0; i < kI; ++i) {
    TWINSET_UNROLL
    for (int h = 0; h < 2; ++h) {
      float top = -INFINITY;
      TWINSET_UNROLL
      for (int n = 0; n < kGroup; ++n) {
        top = fmaxf(top, fmaxf(logits[i][first_n + n][2 * h], logits[i][first_n + n][2 * h + 1]));
      }
      tops[i][h] = top;
      highest = fmaxf(highest, top);
    }
  }
  TWINSET_UNROLL
  for (int mask = 1; mask < 32; mask *= 2) highest = fmaxf(highest, shuffle_xor(highest, mask));
  const float reference = finite(highest) - kLargest;
  float row_sums[kI][2] = {}, column_sums[kGroup * 2];
  float least = INFINITY;
  TWINSET_UNROLL
  for (int n = 0; n < kGroup; ++n) {
    TWINSET_UNROLL
    for (int c = 0; c < 2; ++c) {
      float sum = 0.0f;
      TWINSET_UNROLL
      for (int i = 0; i < kI; ++i) {
        TWINSET_UNROLL
        for (int h = 0; h < 2; ++h) {
          const float power = exponential2(logits[i][first_n + n][2 * h + c] - reference);
          row_sums[i][h] += power;
          sum += power;
        }
      }
      column_sums[n * 2 + c] = sum;
      least = fminf(least, sum);
    }
  }
  TWINSET_UNROLL
  for (int i = 0; i < kI; ++i) least = fminf(least, fminf(row_sums[i][0], row_sums[i][1]));
  if (any_of_warp(least < kLeastSum)) return false;
  TWINSET_UNROLL
  for (int i = 0; i < kI; ++i) {
    TWINSET_UNROLL
    for (int h = 0; h < 2; ++h) {
      const float top = fmaxf(rows.maxima[i][h], tops[i][h]);
      rows.sums[i][h] = rows.sums[i][h] * exponential2(rows.maxima[i][h] - top) +
                        row_sums[i][h] * exponential2(reference - top);
      rows.maxima[i][h] = top;
    }
  }
  add_up_columns(column_sums, place.lane, [&](int k, float sum) {
    keep(place.column(first_n + k / 2, k % 2), reference, sum);
  });
  return true;
}

template <class Kind>
__device__ void add_rows(const typename Layout<Kind>::Tile& logits, int first_n,
                         RowSums<Kind>& rows) {
  constexpr int kI = Layout<Kind>::kI, kGroup = kColumnGroup<Kind>;
  TWINSET_UNROLL
  for (int i = 0; i < kI; ++i) {
    TWINSET_UNROLL
    for (int h = 0; h < 2; ++h) {
      float top = rows.maxima[i][h];
      TWINSET_UNROLL
      for (int n = 0; n < kGroup; ++n)
        top = fmaxf(top, fmaxf(logits[i][first_n + n][2 * h], logits[i][first_n + n][2 * h + 1]));
      const float shift = finite(top);
      float sum = rows.sums[i][h] * exponential2(rows.maxima[i][h] - shift);
      TWINSET_UNROLL
      for (int n = 0; n < kGroup; ++n)
        sum += exponential2(logits[i][first_n + n][2 * h] - shift) +
               exponential2(logits[i][first_n + n][2 * h + 1] - shift);
      rows.maxima[i][h] = top;
      rows.sums[i][h] = sum;
    }
  }
}

template <class Kind, class Keep>
__device__ void add_columns(const typename Layout<Kind>::Tile& logits, int first_n,
                            const Place<Kind>& place, const Keep& keep) {
  constexpr int kI = Layout<Kind>::kI;
  TWINSET_UNROLL
  for (int n = 0; n < kColumnGroup<Kind>; ++n) {
    TWINSET_UNROLL
    for (int c = 0; c < 2; ++c) {
      float top = -INFINITY, sum = 0.0f;
      TWINSET_UNROLL
      for (int i = 0; i < kI; ++i)
        top = fmaxf(top, fmaxf(logits[i][first_n + n][c], logits[i][first_n + n][2 + c]));
      TWINSET_UNROLL
      for (int mask = 4; mask < 32; mask *= 2) top = fmaxf(top, shuffle_xor(top, mask));
      const float shift = finite(top);
      TWINSET_UNROLL
      for (int i = 0; i < kI; ++i)
        sum += exponential2(logits[i][first_n + n][c] - shift) +
               exponential2(logits[i][first_n + n][2 + c] - shift);
      TWINSET_UNROLL
      for (int mask = 4; mask < 32; mask *= 2) sum += shuffle_xor(sum, mask);
      if (place.lane < 4) keep(place.column(first_n + n, c), top, sum);
    }
  }
}

/// One thread block: a rectangle of tiles, both directions in one sweep.
template <class Kind>
__global__ void __launch_bounds__(kThreads, Shape<Kind>::kBlocks)
    sums_kernel(const __grid_constant__ SimilarityArguments a,
                const __grid_constant__ SimilaritySums out, int num_stages) {
  using L = Layout<Kind>;
  constexpr int kColumns = L::kColumns, kI = L::kI;
  static_assert(sizeof(SumsShared<Kind>) <= L::kSharedBytes);
  auto& shared = *reinterpret_cast<SumsShared<Kind>*>(shared_memory());
  const Range range = block_range<Kind>(a);
  const Place<Kind> place;
  const int thread = static_cast<int>(threadIdx.x);
  const float scale = *a.scale * kLog2E, bias = a.bias == nullptr ? 0.0f : *a.bias * kLog2E;
  const bool differs = a.positive_offset != nullptr && !a.removes_positives;
  PairCursor<kColumns> cursor(a, shared.marks);
  Products<Kind> products(a, range, shared_address(shared_memory()) + L::kSharedBytes, num_stages);
  for (int first_x = range.first_x; first_x < range.end_x; first_x += kRows) {
    RowSums<Kind> rows;
    cursor.start(first_x, range.first_y);
    for (int first_y = range.first_y; first_y < range.end_y; first_y += kColumns) {
      cursor.mark(first_y);
      const float offset = binary_number(a.y_offset, first_y + thread, a.num_y, INFINITY) - bias;
      typename L::Tile logits;
      products.next(logits);
      if (thread < kColumns) shared.offsets[thread] = offset;
      __syncthreads();
      TWINSET_UNROLL
      for (int n = 0; n < L::kN; ++n) {
        TWINSET_UNROLL
        for (int c = 0; c < 2; ++c) {
          const float column_offset = shared.offsets[place.column(n, c)];
          TWINSET_UNROLL
          for (int i = 0; i < kI; ++i) {
            logits[i][n][c] = scale * logits[i][n][c] - column_offset;
            logits[i][n][2 + c] = scale * logits[i][n][2 + c] - column_offset;
          }
        }
      }
      if (first_x + kRows > a.num_x) {
        for_each_row_outside(place, static_cast<int>(a.num_x) - first_x,
                             [&](int i, int n, int k) { logits[i][n][k] = -INFINITY; });
      }
      for_each_mark(shared.marks, kExcludedList, place,
                    [&](int i, int n, int k, uint32_t) { logits[i][n][k] = -INFINITY; });
      const auto positive_offset = [&](int n, int k) {
        return a.positive_offset == nullptr
                   ? 0.0f
                   : a.positive_offset[first_y + place.column(n, k % 2)] * kLog2E;
      };
      for_each_mark(shared.marks, kPositiveList, place, [&](int i, int n, int k, uint32_t pair) {
        const float logit = logits[i][n][k] + positive_offset(n, k);
        out.pair_logits[pair] = static_cast<double>(logit) * kLog2;
        logits[i][n][k] = a.removes_positives ? -INFINITY : logit;
      });

      const auto keep = [&](int column, float maximum, float sum) {
        shared.y_maxima[place.warp_row][column] = maximum;
        shared.y_sums[place.warp_row][column] = sum;
      };
      TWINSET_UNROLL
      for (int n = 0; n < L::kN; n += kColumnGroup<Kind>) {
        if (!differs && add_by_reference(logits, n, place, rows, keep)) continue;
        add_rows(logits, n, rows);
        if (differs) {
          for_each_mark(shared.marks, kPositiveList, place, [&](int i, int m, int k, uint32_t) {
            if (m / kColumnGroup<Kind> * kColumnGroup<Kind> == n)
              logits[i][m][k] -= positive_offset(m, k);
          });
        }
        add_columns(logits, n, place, keep);
      }
      __syncthreads();  // the columns' sums are there, and the marks have been read
      const int y = first_y + thread;
      if (thread < kColumns && y < a.num_y) {
        float top = shared.y_maxima[0][thread], sum = shared.y_sums[0][thread];
        TWINSET_UNROLL
        for (int w = 1; w < L::kWarpsDown; ++w)
          add_sum(shared.y_maxima[w][thread], shared.y_sums[w][thread], top, sum);
        float &maximum = out.y_maxima[blockIdx.x * a.num_y + y],
              &total = out.y_sums[blockIdx.x * a.num_y + y];
        if (first_x > range.first_x)
          add_sum(maximum, total, top, sum);  // this thread's, of the tile above
        maximum = top;
        total = sum;
      }
    }

    TWINSET_UNROLL
    for (int i = 0; i < kI; ++i) {
      TWINSET_UNROLL
      for (int h = 0; h < 2; ++h) {
        float &top = rows.maxima[i][h], &total = rows.sums[i][h];
        TWINSET_UNROLL
        for (int mask = 1; mask < 4; mask *= 2) {
          const float maximum = shuffle_xor(top, mask), sum = shuffle_xor(total, mask);
          add_sum(maximum, sum, top, total);
        }
        if (place.lane % 4 > 0) continue;
        shared.x_maxima[place.warp_column][place.row(i, h)] = top;
        shared.x_sums[place.warp_column][place.row(i, h)] = total;
      }
    }
    __syncthreads();
    const int x = first_x + thread;
    if (thread < kRows && x < a.num_x) {
      float top = -INFINITY, sum = 0.0f;
      TWINSET_UNROLL
      for (int w = 0; w < L::kWarpsAcross; ++w)
        add_sum(shared.x_maxima[w][thread], shared.x_sums[w][thread], top, sum);
      out.x_maxima[blockIdx.y * a.num_x + x] = top;
      out.x_sums[blockIdx.y * a.num_x + x] = sum;
    }
  }
}

}  // namespace twinset::similarity
