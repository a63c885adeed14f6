// Private to this folder: the device code of similarity_tiles.h, one 64 x 64 tile of the similarity matrix at a time, multiplied by
// tensor cores through wmma. A test compiles it for the host, with threads and fragments emulated, so nothing here goes around wmma,
// threadIdx and __syncthreads.
#pragma once

#include "framework/kernels/similarity_tiles.h"

#ifdef __CUDACC__
#define TWINSET_PRAGMA(text) _Pragma(#text)
#define TWINSET_UNROLL(times) TWINSET_PRAGMA(unroll times)
#else
#define TWINSET_UNROLL(times)
#endif

namespace twinset::similarity {

constexpr int kTile = 64, kThreads = 256, kDepthStep = 32, kGradientChunks = 8;  // a thread block's gradient is 8 x 64 wide
constexpr int kProductStride = kTile + 4;                                        // floats a row of the tile in shared memory

template <class Element>
struct Multiply;  // rows of an operand in shared memory, padded so that fragments start at 32 bytes and banks differ

template <>
struct Multiply<__nv_bfloat16> {
  using Fragment = __nv_bfloat16;
  static constexpr int kDepth = 16, kOperandStride = kDepthStep + 8, kGradientStride = kTile + 8;
  template <class F>
  static __device__ void round(F&) {}
  static __device__ __nv_bfloat16 from_float(float value) { return __float2bfloat16(value); }
};

template <>
struct Multiply<float> {
  using Fragment = nvcuda::wmma::precision::tf32;
  static constexpr int kDepth = 8, kOperandStride = kDepthStep + 4, kGradientStride = kTile + 4;
  template <class F>
  static __device__ void round(F& fragment) {
    for (int i = 0; i < fragment.num_elements; ++i) fragment.x[i] = nvcuda::wmma::__float_to_tf32(fragment.x[i]);
  }
  static __device__ float from_float(float value) { return value; }
};

template <class Element>
using LeftFragment = nvcuda::wmma::fragment<nvcuda::wmma::matrix_a, 16, 16, Multiply<Element>::kDepth, typename Multiply<Element>::Fragment, nvcuda::wmma::row_major>;
template <class Element, class Layout>
using RightFragment = nvcuda::wmma::fragment<nvcuda::wmma::matrix_b, 16, 16, Multiply<Element>::kDepth, typename Multiply<Element>::Fragment, Layout>;
template <class Element>
using SumFragment = nvcuda::wmma::fragment<nvcuda::wmma::accumulator, 16, 16, Multiply<Element>::kDepth, float>;

// Two regions, each used in turn: for products, then (in the gradient kernel) a tile of y; for operands, then gradients.
template <class Element>
struct Shared {
  static constexpr int kOperand = kTile * Multiply<Element>::kOperandStride, kGradients = kTile * Multiply<Element>::kGradientStride;
  float products[kTile * kProductStride];
  Element operands[2 * kOperand];
  static_assert(kGradients <= 2 * kOperand && kGradients * sizeof(Element) <= sizeof(products));

  __device__ Element* x() { return operands; }
  __device__ Element* y() { return operands + kOperand; }
  __device__ Element* gradients() { return operands; }
  __device__ Element* y_tile() { return reinterpret_cast<Element*>(products); }
};

// The part of a 64 x 64 result that a warp computes: 16 rows, 2 x 16 columns.
__device__ inline int warp_row() { return (threadIdx.x / 32) / 2 * 16; }
__device__ inline int warp_column(int half) { return (threadIdx.x / 32) % 2 * 32 + half * 16; }

// Copies in [first_row, +64) x [first_column, +width) to shared memory; outside of the matrix: zeros.
template <class Element>
__device__ void load_block(const Element* in, int64_t rows, int64_t columns, int64_t first_row, int64_t first_column, int width, int stride, Element* out) {
  TWINSET_UNROLL(4)
  for (int i = threadIdx.x; i < kTile * width; i += kThreads) {
    const int64_t row = first_row + i / width, column = first_column + i % width;
    out[i / width * stride + i % width] = row < rows && column < columns ? in[row * columns + column] : Multiply<Element>::from_float(0.0f);
  }
}

// shared.products = x [first_x, +64) y^T [first_y, +64).
template <class Element>
__device__ void multiply_tile(const SimilarityArguments& a, int64_t first_x, int64_t first_y, Shared<Element>& shared) {
  constexpr int kStride = Multiply<Element>::kOperandStride;
  SumFragment<Element> sums[2];
  for (auto& sum : sums) nvcuda::wmma::fill_fragment(sum, 0.0f);
  for (int64_t depth = 0; depth < a.depth; depth += kDepthStep) {
    __syncthreads();  // the last step's operands have been read
    load_block(static_cast<const Element*>(a.x), a.num_x, a.depth, first_x, depth, kDepthStep, kStride, shared.x());
    load_block(static_cast<const Element*>(a.y), a.num_y, a.depth, first_y, depth, kDepthStep, kStride, shared.y());
    __syncthreads();
    TWINSET_UNROLL(1)
    for (int k = 0; k < kDepthStep; k += Multiply<Element>::kDepth) {
      LeftFragment<Element> left;
      nvcuda::wmma::load_matrix_sync(left, shared.x() + warp_row() * kStride + k, kStride);
      Multiply<Element>::round(left);
      for (int half = 0; half < 2; ++half) {
        RightFragment<Element, nvcuda::wmma::col_major> right;  // y^T
        nvcuda::wmma::load_matrix_sync(right, shared.y() + warp_column(half) * kStride + k, kStride);
        Multiply<Element>::round(right);
        nvcuda::wmma::mma_sync(sums[half], left, right, sums[half]);
      }
    }
  }
  for (int half = 0; half < 2; ++half) {
    nvcuda::wmma::store_matrix_sync(shared.products + warp_row() * kProductStride + warp_column(half), sums[half], kProductStride, nvcuda::wmma::mem_row_major);
  }
  __syncthreads();
}

// Calls f(pair, row of the tile, column of the tile): thread i has the pairs of row i.
template <class F>
__device__ void for_each_pair(const DevicePairs& pairs, const SimilarityArguments& a, int64_t first_x, int64_t first_y, const F& f) {
  const int64_t row = first_x + threadIdx.x;
  if (pairs.row_offsets == nullptr || threadIdx.x >= kTile || row >= a.num_x) return;
  const int64_t end = pairs.row_offsets[row + 1];
  int64_t low = pairs.row_offsets[row], high = end;
  while (low < high) {  // the first column that isn't left of the tile
    const int64_t middle = (low + high) / 2;
    if (pairs.columns[middle] < first_y) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  for (; low < end && pairs.columns[low] < first_y + kTile; ++low) f(low, static_cast<int>(threadIdx.x), static_cast<int>(pairs.columns[low] - first_y));
}

// shared.products become logits; padding and what is not in the sum is -infinity. With pair_logits: positives as x's softmax has them.
template <class Element>
__device__ void make_logits(const SimilarityArguments& a, int64_t first_x, int64_t first_y, float* pair_logits, Shared<Element>& shared) {
  TWINSET_UNROLL(2)
  for (int i = threadIdx.x; i < kTile * kTile; i += kThreads) {
    const int64_t x = first_x + i / kTile, y = first_y + i % kTile;
    float& value = shared.products[i / kTile * kProductStride + i % kTile];
    if (x < a.num_x && y < a.num_y) {
      value = a.scale * value - (a.x_offset ? a.x_offset[x] : 0.0f) - (a.y_offset ? a.y_offset[y] : 0.0f);
    } else {
      value = -INFINITY;
    }
  }
  __syncthreads();
  for_each_pair(a.excluded, a, first_x, first_y, [&](int64_t, int row, int column) { shared.products[row * kProductStride + column] = -INFINITY; });
  for_each_pair(a.positives, a, first_x, first_y, [&](int64_t pair, int row, int column) {
    float& logit = shared.products[row * kProductStride + column];
    if (pair_logits != nullptr) {
      if (a.positive_offset != nullptr) logit += a.positive_offset[first_y + column];
      pair_logits[pair] = logit;
    }
    if (a.removes_positives) logit = -INFINITY;
  });
  __syncthreads();
}

// Adds 64 logits, `step` apart, to a running maximum and sum.
__device__ inline void add_exponentials(const float* logits, int step, float& maximum, float& sum) {
  float top = maximum;
  TWINSET_UNROLL(4)
  for (int i = 0; i < kTile; ++i) top = fmaxf(top, logits[i * step]);
  if (top == -INFINITY) return;
  sum *= expf(maximum - top);
  TWINSET_UNROLL(4)
  for (int i = 0; i < kTile; ++i) sum += expf(logits[i * step] - top);
  maximum = top;
}

// One thread block: rows [512 blockIdx.x, +512) of x, rows [512 blockIdx.y, +512) of y, both directions in one sweep.
template <class Element>
__global__ void __launch_bounds__(kThreads) sums_kernel(SimilarityArguments a, SimilaritySums out) {
  alignas(128) __shared__ Shared<Element> shared;
  __shared__ float x_maxima[kSimilarityBlock], x_sums[kSimilarityBlock], y_maxima[kSimilarityBlock], y_sums[kSimilarityBlock];
  const int64_t block_x = blockIdx.x * kSimilarityBlock, block_y = blockIdx.y * kSimilarityBlock;
  for (int i = threadIdx.x; i < kSimilarityBlock; i += kThreads) {
    x_maxima[i] = y_maxima[i] = -INFINITY;
    x_sums[i] = y_sums[i] = 0.0f;
  }
  for (int i = 0; i < kSimilarityBlock && block_x + i < a.num_x; i += kTile) {
    for (int j = 0; j < kSimilarityBlock && block_y + j < a.num_y; j += kTile) {
      multiply_tile(a, block_x + i, block_y + j, shared);
      make_logits(a, block_x + i, block_y + j, out.pair_logits, shared);
      const int line = threadIdx.x % kTile;  // 64 threads have rows, 64 have columns
      if (threadIdx.x < kTile) {
        add_exponentials(shared.products + line * kProductStride, 1, x_maxima[i + line], x_sums[i + line]);
      }
      if (a.positive_offset != nullptr && !a.removes_positives) {
        __syncthreads();
        for_each_pair(a.positives, a, block_x + i, block_y + j, [&](int64_t, int row, int column) {
          shared.products[row * kProductStride + column] -= a.positive_offset[block_y + j + column];
        });
        __syncthreads();
      }
      if (threadIdx.x >= kTile && threadIdx.x < 2 * kTile) {
        add_exponentials(shared.products + line, kProductStride, y_maxima[j + line], y_sums[j + line]);
      }
      __syncthreads();
    }
  }
  for (int i = threadIdx.x; i < kSimilarityBlock; i += kThreads) {
    if (block_x + i < a.num_x) {
      out.x_maxima[blockIdx.y * a.num_x + block_x + i] = x_maxima[i];
      out.x_sums[blockIdx.y * a.num_x + block_x + i] = x_sums[i];
    }
    if (block_y + i < a.num_y) {
      out.y_maxima[blockIdx.x * a.num_y + block_y + i] = y_maxima[i];
      out.y_sums[blockIdx.x * a.num_y + block_y + i] = y_sums[i];
    }
  }
}

// shared.products become gradients; adds the thread's losses and gradients / factor.
template <class Element>
__device__ void make_gradients(const SimilarityArguments& a, const SimilarityGradient& g, int64_t first_x, int64_t first_y, double& loss, double& sum,
                               Shared<Element>& shared) {
  if (g.is_sigmoid) {
    for_each_pair(a.positives, a, first_x, first_y, [&](int64_t pair, int row, int column) {
      loss -= static_cast<double>(shared.products[row * kProductStride + column]);
      sum += static_cast<double>(g.pairs[pair]);
    });
    __syncthreads();
  }
  TWINSET_UNROLL(2)
  for (int i = threadIdx.x; i < kTile * kTile; i += kThreads) {
    const int64_t x = first_x + i / kTile, y = first_y + i % kTile;
    float& value = shared.products[i / kTile * kProductStride + i % kTile];
    const float logit = value;
    if (x >= a.num_x || y >= a.num_y) {
      value = 0.0f;
    } else if (g.is_sigmoid) {
      const float u = expf(-fabsf(logit)), probability = (logit > 0.0f ? 1.0f : u) / (1.0f + u);
      loss += static_cast<double>(fmaxf(logit, 0.0f) + log1pf(u));
      sum += static_cast<double>(probability);
      value = g.factor * probability;
    } else {
      value = g.factor * (expf(logit - g.x_shift[x]) + expf(logit - g.y_shift[y]));
    }
  }
  __syncthreads();
  for_each_pair(a.positives, a, first_x, first_y,
                [&](int64_t pair, int row, int column) { shared.products[row * kProductStride + column] += g.factor * g.pairs[pair]; });
  __syncthreads();
  TWINSET_UNROLL(2)
  for (int i = threadIdx.x; i < kTile * kTile; i += kThreads) {
    shared.gradients()[i / kTile * Multiply<Element>::kGradientStride + i % kTile] = Multiply<Element>::from_float(shared.products[i / kTile * kProductStride + i % kTile]);
  }
}

// One thread block: rows [64 blockIdx.x, +64) of the gradient, columns [512 blockIdx.y, +512); it walks over all of y in order, so that the
// sums are the same in every run.
template <class Element>
__global__ void __launch_bounds__(kThreads) gradient_kernel(SimilarityArguments a, SimilarityGradient g) {
  constexpr int kStride = Multiply<Element>::kGradientStride;
  alignas(128) __shared__ Shared<Element> shared;
  __shared__ double losses[kThreads], counts[kThreads];
  const int64_t first_x = blockIdx.x * kTile, first_column = blockIdx.y * static_cast<int64_t>(kGradientChunks * kTile);
  SumFragment<Element> sums[kGradientChunks][2];
  for (int chunk = 0; chunk < kGradientChunks; ++chunk) {
    for (int half = 0; half < 2; ++half) nvcuda::wmma::fill_fragment(sums[chunk][half], 0.0f);
  }
  double loss = 0, count = 0;
  for (int64_t first_y = 0; first_y < a.num_y; first_y += kTile) {
    multiply_tile(a, first_x, first_y, shared);
    make_logits(a, first_x, first_y, nullptr, shared);
    make_gradients(a, g, first_x, first_y, loss, count, shared);
    TWINSET_UNROLL(8)
    for (int chunk = 0; chunk < kGradientChunks; ++chunk) {
      const int64_t column = first_column + chunk * kTile;
      if (column >= a.depth) continue;
      __syncthreads();  // gradients are written; the last chunk of y has been read
      load_block(static_cast<const Element*>(a.y), a.num_y, a.depth, first_y, column, kTile, kStride, shared.y_tile());
      __syncthreads();
      TWINSET_UNROLL(1)
      for (int k = 0; k < kTile; k += Multiply<Element>::kDepth) {
        LeftFragment<Element> left;
        nvcuda::wmma::load_matrix_sync(left, shared.gradients() + warp_row() * kStride + k, kStride);
        Multiply<Element>::round(left);
        for (int half = 0; half < 2; ++half) {
          RightFragment<Element, nvcuda::wmma::row_major> right;
          nvcuda::wmma::load_matrix_sync(right, shared.y_tile() + k * kStride + warp_column(half), kStride);
          Multiply<Element>::round(right);
          nvcuda::wmma::mma_sync(sums[chunk][half], left, right, sums[chunk][half]);
        }
      }
    }
  }
  TWINSET_UNROLL(8)
  for (int chunk = 0; chunk < kGradientChunks; ++chunk) {
    const int64_t column = first_column + chunk * kTile;
    if (column >= a.depth) continue;
    __syncthreads();
    for (int half = 0; half < 2; ++half) {
      nvcuda::wmma::store_matrix_sync(shared.products + warp_row() * kProductStride + warp_column(half), sums[chunk][half], kProductStride,
                                      nvcuda::wmma::mem_row_major);
    }
    __syncthreads();
  TWINSET_UNROLL(2)
  for (int i = threadIdx.x; i < kTile * kTile; i += kThreads) {
      const int64_t x = first_x + i / kTile, d = column + i % kTile;
      if (x < a.num_x && d < a.depth) g.gradient[x * a.depth + d] = shared.products[i / kTile * kProductStride + i % kTile];
    }
  }
  if (g.losses == nullptr || blockIdx.y > 0) return;
  losses[threadIdx.x] = loss;
  counts[threadIdx.x] = count;
  __syncthreads();
  if (threadIdx.x > 0) return;
  for (int i = 1; i < kThreads; ++i) {
    loss += losses[i];
    count += counts[i];
  }
  g.losses[blockIdx.x] = loss;
  g.sums[blockIdx.x] = count;
}

}  // namespace twinset::similarity
