// Private to this folder: the backward kernel of similarity_tiles.h, which leaves the gradients of
// pairs in a panel [rows of x, num_y] of bfloat16 or three of them; matrix products follow
// (tiled_cuda.cpp). Sums over pairs take the unrounded gradients. Logits and shifts are in units of
// log 2.
#pragma once

#include "framework/kernels/similarity_sums.cuh"

namespace twinset::similarity {

// What an excluded pair's product is taken for: its exponentials are 0, and 0 times it too.
constexpr float kExcludedProduct = -1e30f;

/// The least and the most of finite shifts, and which side has others.
struct Spread {
  float least = INFINITY, most = -INFINITY;
  bool has_open_x = false, has_open_y = false;
  __device__ void add(float shift, bool& is_open) {
    if (shift == INFINITY) {
      is_open = true;
    } else {
      least = fminf(least, shift);
      most = fmaxf(most, shift);
    }
  }
  __device__ void add(const Spread& other) {
    least = fminf(least, other.least);
    most = fmaxf(most, other.most);
    has_open_x = has_open_x || other.has_open_x;
    has_open_y = has_open_y || other.has_open_y;
  }
};

template <class Kind>
struct GradientsShared {
  static constexpr int kColumns = Shape<Kind>::kColumns;
  Marks<kColumns> marks;
  float offsets[kColumns], x_shifts[kRows], y_shifts[kColumns];
  Spread spreads[kThreads / 32];
  double totals[kThreads / 32][3];
};

/// What a thread sums up over its pairs.
struct PairTotals {
  double product = 0, loss = 0, sum = 0;
};

/// Writes a thread's gradients of one row, in bfloat16. The four threads of a row exchange them, so
/// that each has 8 neighbours.
template <class Kind>
__device__ void store_row(const typename Layout<Kind>::Tile& tile, int i, int h,
                          const Place<Kind>& place, bool is_inside, int64_t num_columns,
                          __nv_bfloat16* row) {
  const bool is_odd = place.lane % 2 == 1, is_high = place.lane % 4 >= 2;
  TWINSET_UNROLL
  for (int n = 0; n < Layout<Kind>::kN; n += 4) {
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
    const int column = place.column(n, 0) + place.lane % 4 * 6;  // 8 neighbours a thread
    if (is_inside && column < num_columns) *reinterpret_cast<uint4*>(row + column) = block;
  }
}

/// What a thread's gradients are more than in bfloat16.
template <class Kind>
__device__ void subtract_bfloat16(typename Layout<Kind>::Tile& tile) {
  TWINSET_UNROLL
  for (int i = 0; i < Layout<Kind>::kI; ++i) {
    TWINSET_UNROLL
    for (int n = 0; n < Layout<Kind>::kN; ++n) {
      TWINSET_UNROLL
      for (int k = 0; k < 4; k += 2) {
        const uint32_t pair = pack_bfloat16(tile[i][n][k], tile[i][n][k + 1]);
        tile[i][n][k] -= __uint_as_float(pair << 16);
        tile[i][n][k + 1] -= __uint_as_float(pair & 0xffff0000u);
      }
    }
  }
}

/// Products become gradients f (2^(l - x_shift) + 2^(l - y_shift)); returns the sum of gradient
/// times product.
template <class Kind>
__device__ float softmax_pairs(typename Layout<Kind>::Tile& tile, const Place<Kind>& place,
                               const GradientsShared<Kind>& shared, float scale, float factor) {
  float product = 0.0f;
  for_each_column<Kind>([&](int n, int c) {
    const float offset = shared.offsets[place.column(n, c)],
                y_shift = shared.y_shifts[place.column(n, c)];
    for_each_row<Kind>([&](int i, int h) {
      float& value = tile[i][n][2 * h + c];
      const float logit = scale * value - offset,
                  gradient = factor * (exponential2(logit - shared.x_shifts[place.row(i, h)]) +
                                       exponential2(logit - y_shift));
      product += gradient * value;
      value = gradient;
    });
  });
  return product;
}

/// The same with one exponential, f 2^(l - reference) (2^(reference - x_shift) + 2^(reference -
/// y_shift)): the offsets contain the reference, and the shifts are those powers, times f.
template <class Kind>
__device__ float softmax_pairs_by_reference(typename Layout<Kind>::Tile& tile,
                                            const Place<Kind>& place,
                                            const GradientsShared<Kind>& shared, float scale) {
  float x_powers[Layout<Kind>::kI][2], product = 0.0f;
  for_each_row<Kind>([&](int i, int h) { x_powers[i][h] = shared.x_shifts[place.row(i, h)]; });
  for_each_column<Kind>([&](int n, int c) {
    const float offset = shared.offsets[place.column(n, c)],
                y_power = shared.y_shifts[place.column(n, c)];
    for_each_row<Kind>([&](int i, int h) {
      float& value = tile[i][n][2 * h + c];
      const float gradient = exponential2(scale * value - offset) * (x_powers[i][h] + y_power);
      product += gradient * value;
      value = gradient;
    });
  });
  return product;
}

/// Products become gradients f sigmoid(l); adds up what the loss is made of. The logarithm of a
/// thread's row of 1 + u is taken once: q + u + q u is the product's excess over 1, to q's own
/// precision.
template <class Kind>
__device__ void sigmoid_pairs(typename Layout<Kind>::Tile& tile, const Place<Kind>& place,
                              const GradientsShared<Kind>& shared, float scale, float factor,
                              PairTotals& totals) {
  constexpr int kN = Layout<Kind>::kN, kGroup = 4;  // 8 pairs, q below 256
  float product = 0.0f, positive_part = 0.0f, logarithms = 0.0f, sum = 0.0f;
  TWINSET_UNROLL
  for (int first = 0; first < kN; first += kGroup) {
    float excess[Layout<Kind>::kI][2] = {};
    TWINSET_UNROLL
    for (int n = first; n < first + kGroup; ++n) {
      TWINSET_UNROLL
      for (int c = 0; c < 2; ++c) {
        const float offset = shared.offsets[place.column(n, c)];
        for_each_row<Kind>([&](int i, int h) {
          float &value = tile[i][n][2 * h + c], &q = excess[i][h];
          const float logit = scale * value - offset, u = exponential2(-fabsf(logit)),
                      inverse = reciprocal(1.0f + u),
                      probability = logit > 0.0f ? inverse : u * inverse,
                      gradient = factor * probability;
          positive_part += fmaxf(logit, 0.0f);
          q = q * u + (q + u);
          sum += probability;
          product += gradient * value;
          value = gradient;
        });
      }
    }
    TWINSET_UNROLL
    for (int i = 0; i < Layout<Kind>::kI; ++i)
      logarithms += log1p_of(excess[i][0]) + log1p_of(excess[i][1]);
  }
  totals.product += static_cast<double>(product);
  totals.loss += static_cast<double>(logarithms) + static_cast<double>(positive_part) * kLog2;
  totals.sum += static_cast<double>(sum);
}

/// One thread block: a rectangle of tiles.
template <class Kind, bool kIsSigmoid>
__global__ void __launch_bounds__(kThreads, Shape<Kind>::kBlocks)
    gradients_kernel(const __grid_constant__ SimilarityArguments a,
                     const __grid_constant__ SimilarityGradients g, int num_stages) {
  using L = Layout<Kind>;
  constexpr int kColumns = L::kColumns, kParts = L::kParts;
  constexpr float kMostSpread = 115.0f;  // powers from the middle reach 57 up and down
  static_assert(sizeof(GradientsShared<Kind>) <= L::kSharedBytes);
  auto& shared = *reinterpret_cast<GradientsShared<Kind>*>(shared_memory());
  const Range range = block_range<Kind>(a);
  const Place<Kind> place;
  const int thread = static_cast<int>(threadIdx.x);
  const float natural_scale = *a.scale, scale = natural_scale * kLog2E,
              bias = a.bias == nullptr ? 0.0f : *a.bias * kLog2E,
              factor = g.factor * natural_scale * (g.upstream == nullptr ? 1.0f : *g.upstream),
              twice_inverse_scale = kIsSigmoid ? 2.0f / scale : 0.0f,
              inverse_factor = kIsSigmoid ? 1.0f / factor : 0.0f;
  PairCursor<kColumns> cursor(a, shared.marks);
  Products<Kind> products(a, range, shared_address(shared_memory()) + L::kSharedBytes, num_stages);
  PairTotals totals;
  for (int first_x = range.first_x; first_x < range.end_x; first_x += kRows) {
    cursor.start(first_x, range.first_y);
    for (int first_y = range.first_y; first_y < range.end_y; first_y += kColumns) {
      cursor.mark(first_y);
      const bool has_x = thread < kRows && first_x + thread < a.num_x,
                 has_y = thread < kColumns && first_y + thread < a.num_y;
      const float offset = binary_number(a.y_offset, first_y + thread, a.num_y, INFINITY) - bias;
      float x_shift = INFINITY, y_shift = INFINITY;
      if constexpr (!kIsSigmoid) {
        x_shift = binary_number(g.x_shift, first_x + thread, a.num_x, INFINITY);
        y_shift = binary_number(g.y_shift, first_y + thread, a.num_y, INFINITY);
        Spread spread;
        if (has_x) spread.add(x_shift, spread.has_open_x);
        if (has_y) spread.add(y_shift, spread.has_open_y);
        TWINSET_UNROLL
        for (int mask = 1; mask < 32; mask *= 2) {
          spread.least = fminf(spread.least, shuffle_xor(spread.least, mask));
          spread.most = fmaxf(spread.most, shuffle_xor(spread.most, mask));
        }
        spread.has_open_x = any_of_warp(spread.has_open_x);
        spread.has_open_y = any_of_warp(spread.has_open_y);
        if (place.lane == 0) shared.spreads[thread / 32] = spread;
      }
      typename L::Tile tile;
      products.next(tile);  // with barriers
      bool has_reference = false;
      if constexpr (kIsSigmoid) {
        if (thread < kColumns) shared.offsets[thread] = offset;
      } else {
        Spread spread;
        for (const Spread& part : shared.spreads) spread.add(part);
        // A pair of lines without a softmax has no bound; elsewhere a logit is at most its shifts.
        has_reference =
            spread.most - spread.least <= kMostSpread && !(spread.has_open_x && spread.has_open_y);
        const float reference = has_reference ? 0.5f * (spread.most + spread.least) : 0.0f;
        const auto power = [&](float shift) { return factor * exponential2(reference - shift); };
        if (thread < kRows) shared.x_shifts[thread] = has_reference ? power(x_shift) : x_shift;
        if (thread < kColumns) {
          shared.y_shifts[thread] = has_reference ? power(y_shift) : y_shift;
          shared.offsets[thread] = offset + reference;
        }
      }
      __syncthreads();
      if (first_x + kRows > a.num_x) {
        for_each_row_outside<Kind>(place, static_cast<int>(a.num_x) - first_x,
                                   [&](int i, int n, int k) { tile[i][n][k] = kExcludedProduct; });
      }
      for_each_mark(shared.marks, kExcludedList, place,
                    [&](int i, int n, int k, uint32_t) { tile[i][n][k] = kExcludedProduct; });
      // A sigmoid's positive counts as the pair with the opposite logit, -l = scale (mirror -
      // product) - offset: softplus(-l) is its loss, and sigmoid(-l) its gradient but for the sign.
      const auto mirror = [&](int n, int k) {
        return twice_inverse_scale * shared.offsets[place.column(n, k % 2)];
      };
      for_each_mark(shared.marks, kPositiveList, place, [&](int i, int n, int k, uint32_t pair) {
        float& product = tile[i][n][k];
        if constexpr (kIsSigmoid) {
          product = mirror(n, k) - product;
        } else {
          totals.product +=
              static_cast<double>(factor * g.pairs[pair]) * static_cast<double>(product);
          if (a.removes_positives) product = kExcludedProduct;
        }
      });

      if constexpr (kIsSigmoid) {
        sigmoid_pairs<Kind>(tile, place, shared, scale, factor, totals);
      } else {
        totals.product += static_cast<double>(
            has_reference ? softmax_pairs_by_reference<Kind>(tile, place, shared, scale)
                          : softmax_pairs<Kind>(tile, place, shared, scale, factor));
      }
      for_each_mark(shared.marks, kPositiveList, place, [&](int i, int n, int k, uint32_t pair) {
        float& gradient = tile[i][n][k];
        if constexpr (kIsSigmoid) {
          totals.product -= static_cast<double>(gradient) * static_cast<double>(mirror(n, k));
          totals.sum -= 2 * static_cast<double>(gradient * inverse_factor);
          gradient = -gradient;
        } else {
          gradient += factor * g.pairs[pair];
        }
      });
      __syncthreads();  // the marks have been read
      if (g.gradients == nullptr) continue;
      auto* panel = static_cast<__nv_bfloat16*>(g.gradients);
      TWINSET_UNROLL
      for (int part = 0; part < kParts; ++part, panel += g.part_stride) {
        TWINSET_UNROLL
        for (int i = 0; i < L::kI; ++i) {
          TWINSET_UNROLL
          for (int h = 0; h < 2; ++h) {
            const int x = first_x + place.row(i, h);
            store_row<Kind>(tile, i, h, place, x < a.num_x, g.stride - first_y,
                            panel + static_cast<int64_t>(x) * g.stride + first_y);
          }
        }
        if (part + 1 < kParts) subtract_bfloat16<Kind>(tile);
      }
    }
  }

  double all[3] = {totals.product / static_cast<double>(natural_scale), totals.loss, totals.sum};
  TWINSET_UNROLL
  for (int k = 0; k < 3; ++k) {
    TWINSET_UNROLL
    for (int mask = 1; mask < 32; mask *= 2) all[k] += shuffle_xor(all[k], mask);
    if (place.lane == 0) shared.totals[thread / 32][k] = all[k];
  }
  __syncthreads();
  if (thread >= 3) return;
  double* const out[] = {g.products, g.losses, g.sums};
  double sum = 0;
  for (int w = 0; w < kThreads / 32; ++w) sum += shared.totals[w][thread];
  if (out[thread] != nullptr) out[thread][blockIdx.y * gridDim.x + blockIdx.x] = sum;
}

}  // namespace twinset::similarity
