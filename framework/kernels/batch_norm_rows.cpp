#include "framework/kernels/batch_norm_rows.h"

#include <algorithm>
#include <bit>

#define TWINSET_INLINE inline __attribute__((always_inline))
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
// One copy a level of the instruction set, chosen when the program starts.
#define TWINSET_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define TWINSET_CLONES
#endif

namespace twinset::batch_norm {
namespace {

constexpr int64_t kRowBlock = 256, kChannelBlock = 64;

TWINSET_INLINE float load(float value) { return value; }
TWINSET_INLINE float load(uint16_t value) {
  return std::bit_cast<float>(static_cast<uint32_t>(value) << 16);
}
TWINSET_INLINE void store(float value, float* out) { *out = value; }
TWINSET_INLINE void store(float value, uint16_t* out) {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  *out = static_cast<uint16_t>((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}

template <class T>
TWINSET_INLINE void moments(const T* __restrict x, int64_t rows, int64_t channels,
                            const float* __restrict shift, double* sums, double* squares) {
  float sum[kChannelBlock], square[kChannelBlock];
  for (int64_t row = 0; row < rows; row += kRowBlock) {
    const int64_t end = std::min(rows, row + kRowBlock);
    for (int64_t first = 0; first < channels; first += kChannelBlock) {
      const int64_t width = std::min(kChannelBlock, channels - first);
      std::fill_n(sum, kChannelBlock, 0.f);
      std::fill_n(square, kChannelBlock, 0.f);
      for (int64_t i = row; i < end; ++i) {
        const T* __restrict in = x + i * channels + first;
        for (int64_t c = 0; c < width; ++c) {
          const float value = load(in[c]) - shift[first + c];
          sum[c] += value;
          square[c] += value * value;
        }
      }
      for (int64_t c = 0; c < width; ++c) {
        sums[first + c] += static_cast<double>(sum[c]);
        squares[first + c] += static_cast<double>(square[c]);
      }
    }
  }
}

template <bool kHasResidual, bool kIsClamped, class T>
TWINSET_INLINE void transform_rows(const T* __restrict x, const T* __restrict residual,
                                   int64_t rows, int64_t channels, const float* __restrict scale,
                                   const float* __restrict offset, T* __restrict y) {
  for (int64_t i = 0; i < rows; ++i) {
    const int64_t at = i * channels;
    for (int64_t c = 0; c < channels; ++c) {
      float value = load(x[at + c]) * scale[c] + offset[c];
      if (kHasResidual) value += load(residual[at + c]);
      if (kIsClamped) value = value < 0.f ? 0.f : value;
      store(value, y + at + c);
    }
  }
}

template <class T>
TWINSET_INLINE void transform_any(const T* x, const T* residual, int64_t rows, int64_t channels,
                                  const float* scale, const float* offset, bool is_clamped, T* y) {
  if (residual != nullptr) {
    if (is_clamped)
      return transform_rows<true, true>(x, residual, rows, channels, scale, offset, y);
    return transform_rows<true, false>(x, residual, rows, channels, scale, offset, y);
  }
  if (is_clamped) return transform_rows<false, true>(x, residual, rows, channels, scale, offset, y);
  transform_rows<false, false>(x, residual, rows, channels, scale, offset, y);
}

template <bool kIsClamped, class T>
TWINSET_INLINE void gradient_moments(const T* __restrict dy, const T* __restrict y,
                                     const T* __restrict x, int64_t rows, int64_t channels,
                                     const float* __restrict mean, double* sums, double* products) {
  float sum[kChannelBlock], product[kChannelBlock];
  for (int64_t row = 0; row < rows; row += kRowBlock) {
    const int64_t end = std::min(rows, row + kRowBlock);
    for (int64_t first = 0; first < channels; first += kChannelBlock) {
      const int64_t width = std::min(kChannelBlock, channels - first);
      std::fill_n(sum, kChannelBlock, 0.f);
      std::fill_n(product, kChannelBlock, 0.f);
      for (int64_t i = row; i < end; ++i) {
        const int64_t at = i * channels + first;
        for (int64_t c = 0; c < width; ++c) {
          float g = load(dy[at + c]);
          if (kIsClamped) g = load(y[at + c]) > 0.f ? g : 0.f;
          sum[c] += g;
          product[c] += g * (load(x[at + c]) - mean[first + c]);
        }
      }
      for (int64_t c = 0; c < width; ++c) {
        sums[first + c] += static_cast<double>(sum[c]);
        products[first + c] += static_cast<double>(product[c]);
      }
    }
  }
}

template <bool kIsClamped, bool kHasResidual, class T>
TWINSET_INLINE void gradient_rows(const T* __restrict dy, const T* __restrict y,
                                  const T* __restrict x, int64_t rows, int64_t channels,
                                  const float* __restrict a, const float* __restrict b,
                                  const float* __restrict d, T* __restrict dx, T* __restrict dr) {
  for (int64_t i = 0; i < rows; ++i) {
    const int64_t at = i * channels;
    for (int64_t c = 0; c < channels; ++c) {
      float g = load(dy[at + c]);
      if (kIsClamped) g = load(y[at + c]) > 0.f ? g : 0.f;
      store(a[c] * g + (b[c] * load(x[at + c]) + d[c]), dx + at + c);
      if (kHasResidual) store(g, dr + at + c);
    }
  }
}

template <class T>
TWINSET_INLINE void gradient_any(const T* dy, const T* y, const T* x, int64_t rows,
                                 int64_t channels, const float* a, const float* b, const float* d,
                                 T* dx, T* dr) {
  if (y != nullptr) {
    if (dr != nullptr) return gradient_rows<true, true>(dy, y, x, rows, channels, a, b, d, dx, dr);
    return gradient_rows<true, false>(dy, y, x, rows, channels, a, b, d, dx, dr);
  }
  if (dr != nullptr) return gradient_rows<false, true>(dy, y, x, rows, channels, a, b, d, dx, dr);
  gradient_rows<false, false>(dy, y, x, rows, channels, a, b, d, dx, dr);
}

// Clones can't be templates: one plain function a type.
#define TWINSET_BATCH_NORM(T, suffix)                                                              \
  TWINSET_CLONES void moments_##suffix(const T* x, int64_t rows, int64_t channels,                 \
                                       const float* shift, double* sums, double* squares) {        \
    moments(x, rows, channels, shift, sums, squares);                                              \
  }                                                                                                \
  TWINSET_CLONES void transform_##suffix(const T* x, const T* residual, int64_t rows,              \
                                         int64_t channels, const float* scale,                     \
                                         const float* offset, bool is_clamped, T* y) {             \
    transform_any(x, residual, rows, channels, scale, offset, is_clamped, y);                      \
  }                                                                                                \
  TWINSET_CLONES void gradient_moments_##suffix(const T* dy, const T* y, const T* x, int64_t rows, \
                                                int64_t channels, const float* mean, double* sums, \
                                                double* products) {                                \
    if (y != nullptr)                                                                              \
      return gradient_moments<true>(dy, y, x, rows, channels, mean, sums, products);               \
    gradient_moments<false>(dy, y, x, rows, channels, mean, sums, products);                       \
  }                                                                                                \
  TWINSET_CLONES void gradient_##suffix(const T* dy, const T* y, const T* x, int64_t rows,         \
                                        int64_t channels, const float* a, const float* b,          \
                                        const float* d, T* dx, T* dr) {                            \
    gradient_any(dy, y, x, rows, channels, a, b, d, dx, dr);                                       \
  }

TWINSET_BATCH_NORM(float, f32)
TWINSET_BATCH_NORM(uint16_t, bf16)

}  // namespace

#define TWINSET_BATCH_NORM_ENTRY(T, suffix)                                                      \
  template <>                                                                                    \
  void add_moments(const T* x, int64_t rows, int64_t channels, const float* shift, double* sums, \
                   double* squares) {                                                            \
    moments_##suffix(x, rows, channels, shift, sums, squares);                                   \
  }                                                                                              \
  template <>                                                                                    \
  void transform(const T* x, const T* residual, int64_t rows, int64_t channels,                  \
                 const float* scale, const float* offset, bool is_clamped, T* y) {               \
    transform_##suffix(x, residual, rows, channels, scale, offset, is_clamped, y);               \
  }                                                                                              \
  template <>                                                                                    \
  void add_gradient_moments(const T* dy, const T* y, const T* x, int64_t rows, int64_t channels, \
                            const float* mean, double* sums, double* products) {                 \
    gradient_moments_##suffix(dy, y, x, rows, channels, mean, sums, products);                   \
  }                                                                                              \
  template <>                                                                                    \
  void transform_gradient(const T* dy, const T* y, const T* x, int64_t rows, int64_t channels,   \
                          const float* a, const float* b, const float* d, T* dx, T* dr) {        \
    gradient_##suffix(dy, y, x, rows, channels, a, b, d, dx, dr);                                \
  }

TWINSET_BATCH_NORM_ENTRY(float, f32)
TWINSET_BATCH_NORM_ENTRY(uint16_t, bf16)

}  // namespace twinset::batch_norm
