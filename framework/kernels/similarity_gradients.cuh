// Private to this folder: the backward kernel of similarity_tiles.h, which leaves the gradients of
// pairs in a panel [rows of x, num_y] of bfloat16 or three of them; matrix products follow
// (tiled_cuda.cpp). Sums over pairs take the unrounded gradients.
#pragma once

#include "framework/kernels/similarity_sums.cuh"

namespace twinset::similarity {

// What an excluded pair's product is taken for: its exponentials are 0, and 0 times it too.
constexpr float kExcludedProduct = -1e30f;

struct GradientsShared {
  Marks marks;
  Lines offsets, shifts;
  double totals[kThreads / 32][3];
};
static_assert(sizeof(GradientsShared) <= kSharedBytes);

/// log(1 + u) for u in [0, 1] within 1e-7 of itself: u times a polynomial interpolated at
/// Chebyshev's nodes.
__device__ inline float log1p_of_unit(float u) {
  constexpr float kCoefficients[] = {1.0f,          -0.499998927f,  0.333297104f, -0.249516159f,
                                     0.196632743f,  -0.152696669f,  0.105436236f, -0.0563736111f,
                                     0.0195425265f, -0.00317605701f};
  float sum = 0.0f;
  TWINSET_UNROLL
  for (int k = sizeof(kCoefficients) / sizeof(float) - 1; k >= 0; --k)
    sum = sum * u + kCoefficients[k];
  return sum * u;
}

/// What a thread sums up over its pairs.
struct PairTotals {
  double product = 0, loss = 0, sum = 0;
};

/// Products of a row's tile become gradients by factor.
template <bool kIsSigmoid>
struct PairGradient {
  float scale, factor;
  // over one tile
  float product = 0.0f, loss = 0.0f, sum = 0.0f;
  __device__ float operator()(float cosine, float x_offset, float y_offset, float x_shift,
                              float y_shift) {
    const float logit = scale * cosine - x_offset - y_offset;
    float gradient;
    if constexpr (kIsSigmoid) {
      const float u = exponential(-fabsf(logit)), inverse = divide(1.0f, 1.0f + u),
                  probability = logit > 0.0f ? inverse : u * inverse;
      loss += fmaxf(logit, 0.0f) + log1p_of_unit(u);
      sum += probability;
      gradient = factor * probability;
    } else {
      gradient = factor * (exponential(logit - x_shift) + exponential(logit - y_shift));
    }
    product += gradient * cosine;
    return gradient;
  }
};

/// Writes a thread's 16 gradients of one row, in bfloat16. The four threads of a row exchange them,
/// so that each has 8 neighbours.
__device__ inline void store_row(const Tile& tile, int i, int h, const Place& place, bool is_inside,
                                 int64_t num_columns, __nv_bfloat16* row) {
  const bool is_odd = place.lane % 2 == 1, is_high = place.lane % 4 >= 2;
  TWINSET_UNROLL
  for (int n = 0; n < 8; n += 4) {
    uint32_t words[4];
    TWINSET_UNROLL
    for (int k = 0; k < 4; ++k)
      words[k] = pack_bfloat16(tile[i][n + k][2 * h], tile[i][n + k][2 * h + 1]);
    TWINSET_UNROLL
    for (int k = 0; k < 4; k += 2) {
      const uint32_t received = shuffle_xor(is_odd ? words[k] : words[k + 1], 1);
      (is_odd ? words[k] : words[k + 1]) = received;
    }
    const uint32_t first = shuffle_xor(is_high ? words[0] : words[2], 2),
                   second = shuffle_xor(is_high ? words[1] : words[3], 2);
    const uint4 block = is_high ? make_uint4(first, second, words[2], words[3])
                                : make_uint4(words[0], words[1], first, second);
    const int column = place.warp_column * 64 + (n + place.lane % 4) * 8;
    if (is_inside && column < num_columns) *reinterpret_cast<uint4*>(row + column) = block;
  }
}
/// What a thread's gradients are more than in bfloat16.
__device__ inline void subtract_bfloat16(Tile& tile) {
  TWINSET_UNROLL
  for (int i = 0; i < 4; ++i) {
    TWINSET_UNROLL
    for (int n = 0; n < 8; ++n) {
      TWINSET_UNROLL
      for (int k = 0; k < 4; k += 2) {
        const uint32_t pair = pack_bfloat16(tile[i][n][k], tile[i][n][k + 1]);
        tile[i][n][k] -= __uint_as_float(pair << 16);
        tile[i][n][k + 1] -= __uint_as_float(pair & 0xffff0000u);
      }
    }
  }
}

/// One thread block: a rectangle of tiles.
template <class Element, bool kIsSigmoid>
__global__ void __launch_bounds__(kThreads, 1)
    gradients_kernel(SimilarityArguments a, SimilarityGradients g, int num_stages) {
  constexpr int kParts = sizeof(Element) == sizeof(float) ? 3 : 1;  // gradient_parts
  GradientsShared& shared = *reinterpret_cast<GradientsShared*>(shared_memory());
  const Range range = block_range(a);
  const Place place;
  const float scale = *a.scale, bias = a.bias == nullptr ? 0.0f : *a.bias,
              factor = g.factor * scale * (g.upstream == nullptr ? 1.0f : *g.upstream);
  PairCursor cursor(a, shared.marks);
  Products<Element> products(a, range, shared_address(shared_memory()) + kSharedBytes, num_stages);
  PairTotals totals;
  for (int first_x = range.first_x; first_x < range.end_x; first_x += kRows) {
    cursor.start(first_x, range.first_y);
    for (int first_y = range.first_y; first_y < range.end_y; first_y += kColumns) {
      cursor.mark(first_y);
      LineLoader offsets, shifts;
      offsets.load(nullptr, first_x, a.num_x, a.y_offset, first_y, a.num_y, INFINITY);
      offsets.subtract_from_rows(bias);
      if constexpr (!kIsSigmoid)
        shifts.load(g.x_shift, first_x, a.num_x, g.y_shift, first_y, a.num_y, 0.0f);
      Tile tile;
      products.next(tile);
      offsets.store(shared.offsets);
      if constexpr (!kIsSigmoid) shifts.store(shared.shifts);
      __syncthreads();
      for_each_mark(shared.marks, kExcludedList, place,
                    [&](int i, int n, int k, int64_t) { tile[i][n][k] = kExcludedProduct; });
      for_each_mark(shared.marks, kPositiveList, place, [&](int i, int n, int k, int64_t pair) {
        const float cosine = tile[i][n][k], gradient = kIsSigmoid ? -1.0f : g.pairs[pair];
        totals.product += static_cast<double>(factor * gradient) * static_cast<double>(cosine);
        if constexpr (kIsSigmoid) {
          totals.loss -=
              static_cast<double>(scale * cosine - shared.offsets.x[place.row(i, k / 2)] -
                                  shared.offsets.y[place.column(n, k % 2)]);
          totals.sum += static_cast<double>(gradient);
        }
        if (a.removes_positives) tile[i][n][k] = kExcludedProduct;
      });

      PairGradient<kIsSigmoid> gradient{scale, factor};
      TWINSET_UNROLL
      for (int i = 0; i < 4; ++i) {
        TWINSET_UNROLL
        for (int h = 0; h < 2; ++h) {
          const int row = place.row(i, h);
          TWINSET_UNROLL
          for (int n = 0; n < 8; ++n) {
            TWINSET_UNROLL
            for (int c = 0; c < 2; ++c) {
              const int column = place.column(n, c);
              float& value = tile[i][n][2 * h + c];
              if constexpr (kIsSigmoid) {
                value =
                    gradient(value, shared.offsets.x[row], shared.offsets.y[column], 0.0f, 0.0f);
              } else {
                value = gradient(value, shared.offsets.x[row], shared.offsets.y[column],
                                 shared.shifts.x[row], shared.shifts.y[column]);
              }
            }
          }
        }
      }
      totals.product += static_cast<double>(gradient.product);
      totals.loss += static_cast<double>(gradient.loss);
      totals.sum += static_cast<double>(gradient.sum);
      for_each_mark(shared.marks, kPositiveList, place, [&](int i, int n, int k, int64_t pair) {
        tile[i][n][k] += factor * (kIsSigmoid ? -1.0f : g.pairs[pair]);
      });
      __syncthreads();  // the marks have been read
      if (g.gradients == nullptr) continue;
      auto* panel = static_cast<__nv_bfloat16*>(g.gradients);
      TWINSET_UNROLL
      for (int part = 0; part < kParts; ++part, panel += g.part_stride) {
        TWINSET_UNROLL
        for (int i = 0; i < 4; ++i) {
          TWINSET_UNROLL
          for (int h = 0; h < 2; ++h) {
            const int x = first_x + place.row(i, h);
            store_row(tile, i, h, place, x < a.num_x, g.stride - first_y,
                      panel + static_cast<int64_t>(x) * g.stride + first_y);
          }
        }
        if (part + 1 < kParts) subtract_bfloat16(tile);
      }
    }
  }

  double all[3] = {totals.product / static_cast<double>(scale), totals.loss, totals.sum};
  TWINSET_UNROLL
  for (int k = 0; k < 3; ++k) {
    TWINSET_UNROLL
    for (int mask = 16; mask > 0; mask /= 2) all[k] += shuffle_xor(all[k], mask);
    if (place.lane == 0) shared.totals[threadIdx.x / 32][k] = all[k];
  }
  __syncthreads();
  if (threadIdx.x >= 3) return;
  double* const out[] = {g.products, g.losses, g.sums};
  double sum = 0;
  for (int w = 0; w < kThreads / 32; ++w) sum += shared.totals[w][threadIdx.x];
  if (out[threadIdx.x] != nullptr) out[threadIdx.x][blockIdx.y * gridDim.x + blockIdx.x] = sum;
}

}  // namespace twinset::similarity
