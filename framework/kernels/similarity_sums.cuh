// Private to this folder: the forward kernel of similarity_tiles.h. Logits stay in registers: a
// thread keeps running sums of its rows; the sums of columns go through shared memory, 256 a tile.
#pragma once

#include "framework/kernels/similarity_marks.cuh"

namespace twinset::similarity {

struct SumsShared {
  Marks marks;
  Lines offsets;
  float x_maxima[4][kRows], x_sums[4][kRows];        // of the four warps beside each other
  float y_maxima[2][kColumns], y_sums[2][kColumns];  // of the two above each other
};
static_assert(sizeof(SumsShared) <= kSharedBytes);

/// A maximum that can be subtracted from a maximum of -infinity.
__device__ inline float finite(float maximum) { return maximum == -INFINITY ? 0.0f : maximum; }

/// Adds sum exp(maximum) to a running one.
__device__ inline void add_sum(float maximum, float sum, float& running_maximum,
                               float& running_sum) {
  const float top = fmaxf(maximum, running_maximum), shift = finite(top);
  running_sum =
      running_sum * exponential(running_maximum - shift) + sum * exponential(maximum - shift);
  running_maximum = top;
}

/// One thread block: a rectangle of tiles, both directions in one sweep.
template <class Element>
__global__ void __launch_bounds__(kThreads, 1)
    sums_kernel(SimilarityArguments a, SimilaritySums out, int num_stages) {
  SumsShared& shared = *reinterpret_cast<SumsShared*>(shared_memory());
  const Range range = block_range(a);
  const Place place;
  const float scale = *a.scale, bias = a.bias == nullptr ? 0.0f : *a.bias;
  PairCursor cursor(a, shared.marks);
  Products<Element> products(a, range, shared_address(shared_memory()) + kSharedBytes, num_stages);
  for (int first_x = range.first_x; first_x < range.end_x; first_x += kRows) {
    float maxima[4][2], sums[4][2];
    TWINSET_UNROLL
    for (int i = 0; i < 4; ++i) {
      maxima[i][0] = maxima[i][1] = -INFINITY;
      sums[i][0] = sums[i][1] = 0.0f;
    }
    cursor.start(first_x, range.first_y);
    for (int first_y = range.first_y; first_y < range.end_y; first_y += kColumns) {
      cursor.mark(first_y);
      LineLoader offsets;
      offsets.load(nullptr, first_x, a.num_x, a.y_offset, first_y, a.num_y, INFINITY);
      offsets.subtract_from_rows(bias);
      Tile logits;
      products.next(logits);
      offsets.store(shared.offsets);
      __syncthreads();
      TWINSET_UNROLL
      for (int i = 0; i < 4; ++i) {
        TWINSET_UNROLL
        for (int h = 0; h < 2; ++h) {
          const float offset = shared.offsets.x[place.row(i, h)];
          TWINSET_UNROLL
          for (int n = 0; n < 8; ++n) {
            logits[i][n][2 * h] = scale * logits[i][n][2 * h] - offset;
            logits[i][n][2 * h + 1] = scale * logits[i][n][2 * h + 1] - offset;
          }
        }
      }
      TWINSET_UNROLL
      for (int n = 0; n < 8; ++n) {
        TWINSET_UNROLL
        for (int c = 0; c < 2; ++c) {
          const float offset = shared.offsets.y[place.column(n, c)];
          TWINSET_UNROLL
          for (int i = 0; i < 4; ++i) {
            logits[i][n][c] -= offset;
            logits[i][n][2 + c] -= offset;
          }
        }
      }
      for_each_mark(shared.marks, kExcludedList, place,
                    [&](int i, int n, int k, int64_t) { logits[i][n][k] = -INFINITY; });
      for_each_mark(shared.marks, kPositiveList, place, [&](int i, int n, int k, int64_t pair) {
        float logit = logits[i][n][k];
        if (a.positive_offset != nullptr)
          logit += a.positive_offset[first_y + place.column(n, k % 2)];
        out.pair_logits[pair] = logit;
        logits[i][n][k] = a.removes_positives ? -INFINITY : logit;
      });

      TWINSET_UNROLL
      for (int i = 0; i < 4; ++i) {
        TWINSET_UNROLL
        for (int h = 0; h < 2; ++h) {
          float top = maxima[i][h];
          TWINSET_UNROLL
          for (int n = 0; n < 8; ++n)
            top = fmaxf(top, fmaxf(logits[i][n][2 * h], logits[i][n][2 * h + 1]));
          const float shift = finite(top);
          float sum = sums[i][h] * exponential(maxima[i][h] - shift);
          TWINSET_UNROLL
          for (int n = 0; n < 8; ++n)
            sum += exponential(logits[i][n][2 * h] - shift) +
                   exponential(logits[i][n][2 * h + 1] - shift);
          maxima[i][h] = top;
          sums[i][h] = sum;
        }
      }

      if (a.positive_offset != nullptr && !a.removes_positives) {
        for_each_mark(shared.marks, kPositiveList, place, [&](int i, int n, int k, int64_t) {
          logits[i][n][k] -= a.positive_offset[first_y + place.column(n, k % 2)];
        });
      }
      TWINSET_UNROLL
      for (int n = 0; n < 8; ++n) {
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
            sum += exponential(logits[i][n][c] - shift) + exponential(logits[i][n][2 + c] - shift);
          TWINSET_UNROLL
          for (int mask = 4; mask < 32; mask *= 2) sum += shuffle_xor(sum, mask);
          if (place.lane >= 4) continue;
          shared.y_maxima[place.warp_row][place.column(n, c)] = top;
          shared.y_sums[place.warp_row][place.column(n, c)] = sum;
        }
      }
      __syncthreads();  // the columns' sums are there, and the marks have been read
      const int y = first_y + static_cast<int>(threadIdx.x);
      if (y < a.num_y) {
        float top = shared.y_maxima[0][threadIdx.x], sum = shared.y_sums[0][threadIdx.x];
        add_sum(shared.y_maxima[1][threadIdx.x], shared.y_sums[1][threadIdx.x], top, sum);
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
        TWINSET_UNROLL
        for (int mask = 1; mask < 4; mask *= 2) {
          const float maximum = shuffle_xor(maxima[i][h], mask),
                      sum = shuffle_xor(sums[i][h], mask);
          add_sum(maximum, sum, maxima[i][h], sums[i][h]);
        }
        if (place.lane % 4 > 0) continue;
        shared.x_maxima[place.warp_column][place.row(i, h)] = maxima[i][h];
        shared.x_sums[place.warp_column][place.row(i, h)] = sums[i][h];
      }
    }
    __syncthreads();
    const int x = first_x + static_cast<int>(threadIdx.x);
    if (threadIdx.x < kRows && x < a.num_x) {
      float top = -INFINITY, sum = 0.0f;
      for (int w = 0; w < 4; ++w)
        add_sum(shared.x_maxima[w][threadIdx.x], shared.x_sums[w][threadIdx.x], top, sum);
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
  double sum = 0;
  for (int64_t k = 0; k < a.num_shares; ++k) {
    sum += static_cast<double>(a.sums[k * a.num_lines + line]) *
           exp(static_cast<double>(a.maxima[k * a.num_lines + line]) -
               static_cast<double>(finite(top)));
  }
  a.line_maxima[line] = top;
  a.log_sums[line] = log(sum) + static_cast<double>(finite(top));
}

}  // namespace twinset::similarity
