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

template <class Element>
struct SumsShared {
  static constexpr int kColumns = Shape<Element>::kColumns;
  Marks<kColumns> marks;
  float offsets[kColumns];
  float x_maxima[4][kRows], x_sums[4][kRows];        // of the four warps beside each other
  float y_maxima[2][kColumns], y_sums[2][kColumns];  // of the two above each other
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
struct RowSums {
  float maxima[4][2], sums[4][2];
  __device__ RowSums() {
    TWINSET_UNROLL
    for (int i = 0; i < 4; ++i) {
      maxima[i][0] = maxima[i][1] = -INFINITY;
      sums[i][0] = sums[i][1] = 0.0f;
    }
  }
};

/// The sum of a column over a warp's rows, in all of its lanes.
__device__ inline float column_sum(float sum) {
  TWINSET_UNROLL
  for (int mask = 4; mask < 32; mask *= 2) sum += shuffle_xor(sum, mask);
  return sum;
}

/// Sums up a warp's part of a tile by one reference; false, and nothing done, if a line is too low
/// for that.
template <class Element, class ColumnSum>
__device__ bool add_by_reference(const typename Shape<Element>::Tile& logits, RowSums& rows,
                                 const ColumnSum& keep) {
  constexpr int kN = Shape<Element>::kN;
  // Sums are precise to 130 below the largest: 2^30 is above underflow by that, and what is lost
  // below does not count beside 2^-100. A larger headroom would round the differences more.
  constexpr float kLargest = 30.0f, kLeastSum = 0x1p-100f;
  float tops[4][2], highest = -INFINITY;
  TWINSET_UNROLL
  for (int i = 0; i < 4; ++i) {
    TWINSET_UNROLL
    for (int h = 0; h < 2; ++h) {
      float top = -INFINITY;
      TWINSET_UNROLL
      for (int n = 0; n < kN; ++n)
        top = fmaxf(top, fmaxf(logits[i][n][2 * h], logits[i][n][2 * h + 1]));
      tops[i][h] = top;
      highest = fmaxf(highest, top);
    }
  }
  TWINSET_UNROLL
  for (int mask = 1; mask < 32; mask *= 2) highest = fmaxf(highest, shuffle_xor(highest, mask));
  const float reference = finite(highest) - kLargest;
  float row_sums[4][2] = {}, column_sums[kN][2];
  bool is_low = false;
  TWINSET_UNROLL
  for (int n = 0; n < kN; ++n) {
    TWINSET_UNROLL
    for (int c = 0; c < 2; ++c) {
      float sum = 0.0f;
      TWINSET_UNROLL
      for (int i = 0; i < 4; ++i) {
        TWINSET_UNROLL
        for (int h = 0; h < 2; ++h) {
          const float power = exponential2(logits[i][n][2 * h + c] - reference);
          row_sums[i][h] += power;
          sum += power;
        }
      }
      column_sums[n][c] = sum;
      is_low = is_low || sum < kLeastSum;
    }
  }
  TWINSET_UNROLL
  for (int i = 0; i < 4; ++i) is_low = is_low || fminf(row_sums[i][0], row_sums[i][1]) < kLeastSum;
  if (any_of_warp(is_low)) return false;
  TWINSET_UNROLL
  for (int i = 0; i < 4; ++i) {
    TWINSET_UNROLL
    for (int h = 0; h < 2; ++h) {
      const float top = fmaxf(rows.maxima[i][h], tops[i][h]);
      rows.sums[i][h] = rows.sums[i][h] * exponential2(rows.maxima[i][h] - top) +
                        row_sums[i][h] * exponential2(reference - top);
      rows.maxima[i][h] = top;
    }
  }
  TWINSET_UNROLL
  for (int n = 0; n < kN; ++n) {
    TWINSET_UNROLL
    for (int c = 0; c < 2; ++c) keep(n, c, reference, column_sum(column_sums[n][c]));
  }
  return true;
}

template <class Element>
__device__ void add_rows(const typename Shape<Element>::Tile& logits, RowSums& rows) {
  constexpr int kN = Shape<Element>::kN;
  TWINSET_UNROLL
  for (int i = 0; i < 4; ++i) {
    TWINSET_UNROLL
    for (int h = 0; h < 2; ++h) {
      float top = rows.maxima[i][h];
      TWINSET_UNROLL
      for (int n = 0; n < kN; ++n)
        top = fmaxf(top, fmaxf(logits[i][n][2 * h], logits[i][n][2 * h + 1]));
      const float shift = finite(top);
      float sum = rows.sums[i][h] * exponential2(rows.maxima[i][h] - shift);
      TWINSET_UNROLL
      for (int n = 0; n < kN; ++n)
        sum += exponential2(logits[i][n][2 * h] - shift) +
               exponential2(logits[i][n][2 * h + 1] - shift);
      rows.maxima[i][h] = top;
      rows.sums[i][h] = sum;
    }
  }
}

template <class Element, class ColumnSum>
__device__ void add_columns(const typename Shape<Element>::Tile& logits, const ColumnSum& keep) {
  TWINSET_UNROLL
  for (int n = 0; n < Shape<Element>::kN; ++n) {
    TWINSET_UNROLL
    for (int c = 0; c < 2; ++c) {
      float top = -INFINITY, sum = 0.0f;
      TWINSET_UNROLL
      for (int i = 0; i < 4; ++i) top = fmaxf(top, fmaxf(logits[i][n][c], logits[i][n][2 + c]));
      TWINSET_UNROLL
      for (int mask = 4; mask < 32; mask *= 2) top = fmaxf(top, shuffle_xor(top, mask));
      const float shift = finite(top);
      TWINSET_UNROLL
      for (int i = 0; i < 4; ++i)
        sum += exponential2(logits[i][n][c] - shift) + exponential2(logits[i][n][2 + c] - shift);
      keep(n, c, top, column_sum(sum));
    }
  }
}

/// One thread block: a rectangle of tiles, both directions in one sweep.
template <class Element>
__global__ void __launch_bounds__(kThreads, Shape<Element>::kBlocks)
    sums_kernel(SimilarityArguments a, SimilaritySums out, int num_stages) {
  using S = Shape<Element>;
  constexpr int kColumns = S::kColumns;
  static_assert(sizeof(SumsShared<Element>) <= S::kSharedBytes);
  auto& shared = *reinterpret_cast<SumsShared<Element>*>(shared_memory());
  const Range range = block_range<kColumns>(a);
  const Place<S::kWarpColumns> place;
  const int thread = static_cast<int>(threadIdx.x);
  const float scale = *a.scale * kLog2E, bias = a.bias == nullptr ? 0.0f : *a.bias * kLog2E;
  const bool differs = a.positive_offset != nullptr && !a.removes_positives;
  PairCursor<kColumns> cursor(a, shared.marks);
  Products<Element> products(a, range, shared_address(shared_memory()) + S::kSharedBytes,
                             num_stages);
  for (int first_x = range.first_x; first_x < range.end_x; first_x += kRows) {
    RowSums rows;
    cursor.start(first_x, range.first_y);
    for (int first_y = range.first_y; first_y < range.end_y; first_y += kColumns) {
      cursor.mark(first_y);
      const float offset = binary_number(a.y_offset, first_y + thread, a.num_y, INFINITY) - bias;
      typename S::Tile logits;
      products.next(logits);
      if (thread < kColumns) shared.offsets[thread] = offset;
      __syncthreads();
      TWINSET_UNROLL
      for (int n = 0; n < S::kN; ++n) {
        TWINSET_UNROLL
        for (int c = 0; c < 2; ++c) {
          const float column_offset = shared.offsets[place.column(n, c)];
          TWINSET_UNROLL
          for (int i = 0; i < 4; ++i) {
            logits[i][n][c] = scale * logits[i][n][c] - column_offset;
            logits[i][n][2 + c] = scale * logits[i][n][2 + c] - column_offset;
          }
        }
      }
      if (first_x + kRows > a.num_x) {
        for_each_row_outside<Element>(place, static_cast<int>(a.num_x) - first_x,
                                      [&](int i, int n, int k) { logits[i][n][k] = -INFINITY; });
      }
      for_each_mark(shared.marks, kExcludedList, place,
                    [&](int i, int n, int k, int64_t) { logits[i][n][k] = -INFINITY; });
      const auto positive_offset = [&](int n, int k) {
        return a.positive_offset == nullptr
                   ? 0.0f
                   : a.positive_offset[first_y + place.column(n, k % 2)] * kLog2E;
      };
      for_each_mark(shared.marks, kPositiveList, place, [&](int i, int n, int k, int64_t pair) {
        const float logit = logits[i][n][k] + positive_offset(n, k);
        out.pair_logits[pair] = static_cast<double>(logit) * kLog2;
        logits[i][n][k] = a.removes_positives ? -INFINITY : logit;
      });

      const auto keep = [&](int n, int c, float maximum, float sum) {
        if (place.lane >= 4) return;
        shared.y_maxima[place.warp_row][place.column(n, c)] = maximum;
        shared.y_sums[place.warp_row][place.column(n, c)] = sum;
      };
      if (differs || !add_by_reference<Element>(logits, rows, keep)) {
        add_rows<Element>(logits, rows);
        if (differs) {
          for_each_mark(shared.marks, kPositiveList, place, [&](int i, int n, int k, int64_t) {
            logits[i][n][k] -= positive_offset(n, k);
          });
        }
        add_columns<Element>(logits, keep);
      }
      __syncthreads();  // the columns' sums are there, and the marks have been read
      const int y = first_y + thread;
      if (thread < kColumns && y < a.num_y) {
        float top = shared.y_maxima[0][thread], sum = shared.y_sums[0][thread];
        add_sum(shared.y_maxima[1][thread], shared.y_sums[1][thread], top, sum);
        float &maximum = out.y_maxima[blockIdx.x * a.num_y + y],
              &total = out.y_sums[blockIdx.x * a.num_y + y];
        if (first_x > range.first_x)
          add_sum(maximum, total, top, sum);  // this thread's, of the tile above
        maximum = top;
        total = sum;
      }
    }

    TWINSET_UNROLL
    for (int i = 0; i < 4; ++i) {
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
      for (int w = 0; w < 4; ++w)
        add_sum(shared.x_maxima[w][thread], shared.x_sums[w][thread], top, sum);
      out.x_maxima[blockIdx.y * a.num_x + x] = top;
      out.x_sums[blockIdx.y * a.num_x + x] = sum;
    }
  }
}

/// A thread: one line of one side.
__global__ void __launch_bounds__(kThreads)
    log_sums_kernel(SimilarityLogSums rows, SimilarityLogSums columns) {
  const SimilarityLogSums& a = blockIdx.y == 0 ? rows : columns;
  const int64_t line = static_cast<int64_t>(blockIdx.x) * kThreads + threadIdx.x;
  if (line >= a.num_lines) return;
  float top = -INFINITY;
  for (int64_t k = 0; k < a.num_shares; ++k) top = fmaxf(top, a.maxima[k * a.num_lines + line]);
  const double reference = static_cast<double>(finite(top));
  double sum = 0;
  for (int64_t k = 0; k < a.num_shares; ++k) {
    sum += static_cast<double>(a.sums[k * a.num_lines + line]) *
           exp2(static_cast<double>(a.maxima[k * a.num_lines + line]) - reference);
  }
  a.line_maxima[line] = static_cast<double>(top) * kLog2;
  a.log_sums[line] = log(sum) + reference * kLog2;
}

}  // namespace twinset::similarity
