// Private to this folder: the loops of tile_loops.h, written once for any vector width. Each
// tile_loops_*.cpp compiles them with its own flags; nothing here may come from a library header,
// whose functions would be shared across those files.
//   TWINSET_VECTOR_BYTES  16, 32 or 64
//   TWINSET_BLOCK_ROWS    rows of the register tile (two vectors wide)
#pragma once

#include "framework/kernels/tile_loops.h"

namespace twinset {
namespace {

#define TWINSET_INLINE inline __attribute__((always_inline))

using Vector = float __attribute__((vector_size(TWINSET_VECTOR_BYTES)));
using Bits = int32_t __attribute__((vector_size(TWINSET_VECTOR_BYTES)));

constexpr int64_t kLanes = TWINSET_VECTOR_BYTES / 4, kPanel = 2 * kLanes,
                  kBlockRows = TWINSET_BLOCK_ROWS;
constexpr float kInfinity = __builtin_inff();

// Of any address: what an aligned(4) vector type means differs between compilers.
TWINSET_INLINE Vector load(const float* p) {
  Vector v;
  __builtin_memcpy(&v, p, sizeof v);
  return v;
}
TWINSET_INLINE void store(Vector v, float* p) { __builtin_memcpy(p, &v, sizeof v); }
TWINSET_INLINE Vector broadcast(float x) { return x - Vector{}; }
TWINSET_INLINE Vector choose(Bits condition, Vector yes, Vector no) {
  return reinterpret_cast<Vector>((condition & reinterpret_cast<Bits>(yes)) |
                                  (~condition & reinterpret_cast<Bits>(no)));
}
TWINSET_INLINE Vector larger(Vector a, Vector b) { return choose(a > b, a, b); }
TWINSET_INLINE Vector smaller(Vector a, Vector b) { return choose(a < b, a, b); }
TWINSET_INLINE float sum_of(Vector v) {
  float sum = 0;
  for (int64_t i = 0; i < kLanes; ++i) sum += v[i];
  return sum;
}
TWINSET_INLINE float maximum_of(Vector v) {
  float maximum = v[0];
  for (int64_t i = 1; i < kLanes; ++i) maximum = v[i] > maximum ? v[i] : maximum;
  return maximum;
}

// 2^n times a polynomial in the remainder, for x up to 88; at most 2 units in the last place wrong,
// 0 below -87.3, NaN stays.
TWINSET_INLINE Vector exponential_up_to_88(Vector x) {
  const Vector round = broadcast(12582912.0f);
  const Vector bounded = choose(x < broadcast(-87.3f), broadcast(-87.3f), x);
  const Vector shifted = bounded * broadcast(1.44269504f) + round;
  const Vector n = shifted - round;
  const Vector r = (bounded - n * broadcast(0.693359375f)) - n * broadcast(-2.12194440e-4f);
  Vector p = broadcast(1.9875691500e-4f);
  p = p * r + broadcast(1.3981999507e-3f);
  p = p * r + broadcast(8.3334519073e-3f);
  p = p * r + broadcast(4.1665795894e-2f);
  p = p * r + broadcast(1.6666665459e-1f);
  p = p * r + broadcast(5.0000001201e-1f);
  p = p * (r * r) + (r + broadcast(1.0f));
  const Vector result =
      reinterpret_cast<Vector>(reinterpret_cast<Bits>(p) + (reinterpret_cast<Bits>(shifted) << 23));
  return choose(x < broadcast(-87.3f), Vector{}, result);
}

TWINSET_INLINE Vector exponential(Vector x) {
  return exponential_up_to_88(choose(x > broadcast(88.0f), broadcast(88.0f), x));
}

// log(1 + x) for x >= 0: 1 + x = 2^n (1 + u) with u in [0, 1], and log(1 + u) = 2 atanh(u / (2 +
// u)). Relative precision down to the smallest x.
TWINSET_INLINE Vector log_one_plus(Vector x) {
  const Bits n = (reinterpret_cast<Bits>(broadcast(1.0f) + x) >> 23) - 127;
  const Vector power = reinterpret_cast<Vector>((127 - n) << 23);
  const Vector u = x * power + (power - broadcast(1.0f));
  const Vector z = u / (broadcast(2.0f) + u);
  const Vector square = z * z;
  Vector p = broadcast(2.0f / 15);
  p = p * square + broadcast(2.0f / 13);
  p = p * square + broadcast(2.0f / 11);
  p = p * square + broadcast(2.0f / 9);
  p = p * square + broadcast(2.0f / 7);
  p = p * square + broadcast(2.0f / 5);
  p = p * square + broadcast(2.0f / 3);
  p = p * square + broadcast(2.0f);
  return __builtin_convertvector(n, Vector) * broadcast(0.693147181f) + p * z;
}

// c [block_rows, panel] (+)= sum over k of a(m, k) b[k]; a(m, k) = a[m * row_step + k *
// depth_step], one of the steps being 1.
template <bool kRowsAdjacent, bool kAdds>
TWINSET_INLINE void multiply_block(int64_t depth, const float* a, int64_t a_stride, const float* b,
                                   float* c, int64_t c_stride) {
  Vector sums[kBlockRows][2];
#pragma GCC unroll 16
  for (int64_t m = 0; m < kBlockRows; ++m) sums[m][0] = sums[m][1] = Vector{};
  for (int64_t k = 0; k < depth; ++k) {
    const Vector left = load(b + k * kPanel), right = load(b + k * kPanel + kLanes);
#pragma GCC unroll 16
    for (int64_t m = 0; m < kBlockRows; ++m) {
      const Vector x = broadcast(kRowsAdjacent ? a[k * a_stride + m] : a[m * a_stride + k]);
      sums[m][0] += x * left;
      sums[m][1] += x * right;
    }
  }
#pragma GCC unroll 16
  for (int64_t m = 0; m < kBlockRows; ++m) {
    float* out = c + m * c_stride;
    store(kAdds ? load(out) + sums[m][0] : sums[m][0], out);
    store(kAdds ? load(out + kLanes) + sums[m][1] : sums[m][1], out + kLanes);
  }
}

void similarities(const float* a, const float* b, int64_t depth, TileBlock out) {
  for (int64_t i = 0; i < out.rows; i += kBlockRows) {
    for (int64_t j = 0; j < out.columns; j += kPanel) {
      multiply_block<true, false>(depth, a + i * depth, kBlockRows, b + j * depth,
                                  out.values + i * out.stride + j, out.stride);
    }
  }
}

template <bool kAdds>
TWINSET_INLINE void product(TileBlock g, const float* b, int64_t width, float* out,
                            int64_t out_stride) {
  for (int64_t i = 0; i < g.rows; i += kBlockRows) {
    for (int64_t d = 0; d < width; d += kPanel) {
      multiply_block<false, kAdds>(g.columns, g.values + i * g.stride, g.stride, b + d * g.columns,
                                   out + i * out_stride + d, out_stride);
    }
  }
}

void add_product(TileBlock g, const float* b, int64_t width, bool is_first, float* out,
                 int64_t out_stride) {
  if (is_first) return product<false>(g, b, width, out, out_stride);
  product<true>(g, b, width, out, out_stride);
}

template <bool kAdds>
TWINSET_INLINE void transposed_product(TileBlock g, const float* a, int64_t panel_rows,
                                       int64_t width, float* out, int64_t out_stride) {
  for (int64_t d = 0; d < width; d += kPanel) {
    for (int64_t j = 0; j < g.columns; j += kBlockRows) {
      multiply_block<true, kAdds>(g.rows, g.values + j, g.stride, a + d * panel_rows,
                                  out + j * out_stride + d, out_stride);
    }
  }
}

void add_transposed_product(TileBlock g, const float* a, int64_t panel_rows, int64_t width,
                            bool is_first, float* out, int64_t out_stride) {
  if (is_first) return transposed_product<false>(g, a, panel_rows, width, out, out_stride);
  transposed_product<true>(g, a, panel_rows, width, out, out_stride);
}

void logits(TileBlock s, float scale, const float* shift) {
  for (int64_t i = 0; i < s.rows; ++i) {
    float* row = s.values + i * s.stride;
    for (int64_t j = 0; j < s.columns; j += kLanes)
      store(load(row + j) * broadcast(scale) - load(shift + j), row + j);
  }
}

TWINSET_INLINE float row_maximum(const float* row, int64_t columns) {
  Vector maximum = load(row);
  for (int64_t j = kLanes; j < columns; j += kLanes) maximum = larger(load(row + j), maximum);
  return maximum_of(maximum);
}

void row_maxima(TileBlock l, float* maximum) {
  for (int64_t i = 0; i < l.rows; ++i) {
    const float here = row_maximum(l.values + i * l.stride, l.columns);
    maximum[i] = here > maximum[i] ? here : maximum[i];
  }
}

void add_row_exponentials(TileBlock l, RunningSums running) {
  for (int64_t i = 0; i < l.rows; ++i) {
    const float* row = l.values + i * l.stride;
    const float here = row_maximum(row, l.columns), before = running.maximum[i];
    if (here == -kInfinity) continue;
    const float maximum = here > before ? here : before;
    Vector sums[2] = {};
    for (int64_t j = 0; j < l.columns; j += kPanel) {
      sums[0] += exponential_up_to_88(load(row + j) - broadcast(maximum));
      sums[1] += exponential_up_to_88(load(row + j + kLanes) - broadcast(maximum));
    }
    const float rescale = before == maximum ? 1.0f : exponential(broadcast(before - maximum))[0];
    running.sum[i] = running.sum[i] * rescale + sum_of(sums[0] + sums[1]);
    running.maximum[i] = maximum;
  }
}

void add_column_exponentials(TileBlock l, RunningSums running) {
  for (int64_t j = 0; j < l.columns; j += kLanes) {
    const Vector before = load(running.maximum + j);
    Vector maximum = before;
    for (int64_t i = 0; i < l.rows; ++i)
      maximum = larger(load(l.values + i * l.stride + j), maximum);
    // A column of nothing but -infinity: any finite maximum gives the sum 0.
    const Vector finite = larger(maximum, broadcast(-3e38f));
    Vector sum = load(running.sum + j) * exponential(before - finite);
    for (int64_t i = 0; i < l.rows; ++i)
      sum += exponential_up_to_88(load(l.values + i * l.stride + j) - finite);
    store(maximum, running.maximum + j);
    store(sum, running.sum + j);
  }
}

void softmax_gradient(TileBlock l, const float* row_shift, const float* column_shift,
                      float factor) {
  for (int64_t i = 0; i < l.rows; ++i) {
    float* row = l.values + i * l.stride;
    const Vector shift = broadcast(row_shift[i]);
    for (int64_t j = 0; j < l.columns; j += kLanes) {
      const Vector logit = load(row + j);
      store(broadcast(factor) *
                (exponential(logit - shift) + exponential(logit - load(column_shift + j))),
            row + j);
    }
  }
}

// A division and a logarithm are what this costs: the logarithms of some exponentials are taken at
// once, log((1 + u_1) ... (1 + u_n)), whose product less 1 is summed without losing the small ones.
template <bool kIsGradient>
TWINSET_INLINE void sigmoid_rows(TileBlock l, float factor, double* losses, double* sigmoids) {
  constexpr int64_t kAtOnce = 8 * kLanes;  // the product is at most 2^8
  for (int64_t i = 0; i < l.rows; ++i) {
    float* row = l.values + i * l.stride;
    Vector loss = {}, probability_sum = {};
    for (int64_t first = 0; first < l.columns; first += kAtOnce) {
      const int64_t end = first + kAtOnce < l.columns ? first + kAtOnce : l.columns;
      Vector product = {};
      for (int64_t j = first; j < end; j += kLanes) {
        const Vector logit = load(row + j);
        const Vector u = exponential_up_to_88(-larger(logit, -logit));  // exp(-|l|)
        loss += larger(logit, Vector{});
        product += u * product + u;
        if (!kIsGradient) continue;
        const Vector probability =
            choose(logit > Vector{}, broadcast(1.0f), u) / (broadcast(1.0f) + u);
        probability_sum += probability;
        store(broadcast(factor) * probability, row + j);
      }
      loss += log_one_plus(product);
    }
    *losses += static_cast<double>(sum_of(loss));
    *sigmoids += static_cast<double>(sum_of(probability_sum));
  }
}

void sigmoid(TileBlock l, float factor, bool is_gradient, double* losses, double* sigmoids) {
  if (is_gradient) return sigmoid_rows<true>(l, factor, losses, sigmoids);
  sigmoid_rows<false>(l, factor, losses, sigmoids);
}

void add(const float* x, int64_t count, float* y) {
  for (int64_t i = 0; i < count; ++i) y[i] += x[i];
}

void scale(float factor, int64_t count, float* y) {
  for (int64_t i = 0; i < count; ++i) y[i] *= factor;
}

constexpr TileLoops make_tile_loops(const char* instructions) {
  return {instructions,
          kBlockRows,
          kPanel,
          similarities,
          add_product,
          add_transposed_product,
          logits,
          add_row_exponentials,
          add_column_exponentials,
          row_maxima,
          softmax_gradient,
          sigmoid,
          add,
          scale};
}

}  // namespace
}  // namespace twinset
