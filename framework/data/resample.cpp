#include "framework/data/resample.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace twinset {
namespace {

// Between the passes a value has 7 bits below the point: 255 * 128 still fits int16.
constexpr int kIntermediateBits = 7;
constexpr int kMostVerticalBits = 22, kMostHorizontalBits = 16;
constexpr size_t kPadding = 32;

/// The weights of one axis: output i is the sum over k of weights[i * taps + k] * input[start[i] +
/// k], shifted by `bits`.
struct Taps {
  int taps = 0;  ///< even
  int bits = 0;
  std::vector<int> start;
  std::vector<int> count;
  std::vector<int16_t> weights;
  std::vector<double> exact;
};

void make_taps(int input, int output, int most_bits, bool is_flipped, Taps& t) {
  const double scale = static_cast<double>(input) / output;
  const double support = std::max(scale, 1.0);
  t.taps = static_cast<int>(std::ceil(support)) * 2 + 2;
  const auto width = static_cast<size_t>(t.taps);
  t.start.resize(static_cast<size_t>(output));
  t.count.resize(static_cast<size_t>(output));
  t.exact.assign(static_cast<size_t>(output) * width, 0.0);
  t.weights.assign(static_cast<size_t>(output) * width, 0);
  double largest = 0;
  for (int i = 0; i < output; ++i) {
    const auto slot = static_cast<size_t>(is_flipped ? output - 1 - i : i);
    const double center = (i + 0.5) * scale;
    const int begin = std::max(0, static_cast<int>(center - support + 0.5));
    const int end = std::min(input, static_cast<int>(center + support + 0.5));
    double* row = t.exact.data() + slot * width;
    double sum = 0;
    for (int k = 0; k < end - begin; ++k) {
      row[k] = std::max(0.0, 1.0 - std::abs((begin + k - center + 0.5) / support));
      sum += row[k];
    }
    for (int k = 0; k < end - begin; ++k) largest = std::max(largest, row[k] /= sum);
    t.start[slot] = begin;
    t.count[slot] = end - begin;
  }
  t.bits = most_bits;
  while (largest * (1 << t.bits) > INT16_MAX - 1) --t.bits;
  // Rounding what has been summed so far, not each weight, makes the weights of an output sum to
  // exactly one.
  for (size_t i = 0; i < static_cast<size_t>(output); ++i) {
    double exact = 0;
    int rounded = 0;
    for (size_t k = 0; k < static_cast<size_t>(t.count[i]); ++k) {
      exact += t.exact[i * width + k] * (1 << t.bits);
      const int weight = static_cast<int>(std::lround(exact)) - rounded;
      t.weights[i * width + k] = static_cast<int16_t>(weight);
      rounded += weight;
    }
  }
}

#if defined(__SSE2__)
/// 16 values of one output row: bytes weighted by pairs of rows.
inline void vertical_16(const uint8_t* first, size_t stride, const int16_t* weights, int count,
                        int bits, int16_t* out) {
  const __m128i zero = _mm_setzero_si128();
  const __m128i half = _mm_set1_epi32(1 << (bits - kIntermediateBits - 1));
  __m128i sum[4] = {half, half, half, half};
  for (int k = 0; k < count; k += 2) {
    const uint8_t* a_row = first + static_cast<size_t>(k) * stride;
    const uint8_t* b_row = k + 1 < count ? a_row + stride : a_row;
    const __m128i a = _mm_loadu_si128(reinterpret_cast<const __m128i*>(a_row));
    const __m128i b = _mm_loadu_si128(reinterpret_cast<const __m128i*>(b_row));
    int32_t pair = 0;
    std::memcpy(&pair, weights + k, sizeof pair);
    const __m128i w = _mm_set1_epi32(pair);
    const __m128i low = _mm_unpacklo_epi8(a, b), high = _mm_unpackhi_epi8(a, b);
    sum[0] = _mm_add_epi32(sum[0], _mm_madd_epi16(_mm_unpacklo_epi8(low, zero), w));
    sum[1] = _mm_add_epi32(sum[1], _mm_madd_epi16(_mm_unpackhi_epi8(low, zero), w));
    sum[2] = _mm_add_epi32(sum[2], _mm_madd_epi16(_mm_unpacklo_epi8(high, zero), w));
    sum[3] = _mm_add_epi32(sum[3], _mm_madd_epi16(_mm_unpackhi_epi8(high, zero), w));
  }
  const __m128i shift = _mm_cvtsi32_si128(bits - kIntermediateBits);
  for (__m128i& s : sum) s = _mm_sra_epi32(s, shift);
  _mm_storeu_si128(reinterpret_cast<__m128i*>(out), _mm_packs_epi32(sum[0], sum[1]));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(out + 8), _mm_packs_epi32(sum[2], sum[3]));
}
#endif

void vertical_pass(const uint8_t* first, size_t stride, size_t n, const int16_t* weights, int count,
                   int bits, int16_t* out) {
  size_t x = 0;
#if defined(__SSE2__)
  for (; x + 16 <= n; x += 16) vertical_16(first + x, stride, weights, count, bits, out + x);
  if (x < n && n >= 16) {  // the last block overlaps the one before it
    vertical_16(first + n - 16, stride, weights, count, bits, out + n - 16);
    return;
  }
#endif
  for (; x < n; ++x) {
    int32_t sum = 1 << (bits - kIntermediateBits - 1);
    for (int k = 0; k < count; ++k) sum += weights[k] * first[static_cast<size_t>(k) * stride + x];
    out[x] = static_cast<int16_t>(sum >> (bits - kIntermediateBits));
  }
}

/// One output row. `row` has kPadding readable values behind its end; taps beyond `count` have
/// weight 0.
void horizontal_pass(const int16_t* row, const Taps& t, int size, uint8_t* out) {
  const int shift = t.bits + kIntermediateBits;
  const auto width = static_cast<size_t>(t.taps);
  for (size_t i = 0; i < static_cast<size_t>(size); ++i) {
    const int16_t* in = row + static_cast<size_t>(t.start[i]) * 3;
    const int16_t* weights = t.weights.data() + i * width;
#if defined(__SSE2__)
    // The fourth lane holds the next pixel's red and is overwritten, or cut off at the last pixel.
    __m128i sum = _mm_set1_epi32(1 << (shift - 1));
    for (int k = 0; k < t.count[i]; k += 2, in += 6) {
      const __m128i a = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(in));
      const __m128i b = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(in + 3));
      int32_t pair = 0;
      std::memcpy(&pair, weights + k, sizeof pair);
      sum = _mm_add_epi32(sum, _mm_madd_epi16(_mm_unpacklo_epi16(a, b), _mm_set1_epi32(pair)));
    }
    sum = _mm_sra_epi32(sum, _mm_cvtsi32_si128(shift));
    sum = _mm_packus_epi16(_mm_packs_epi32(sum, sum), sum);
    const int32_t bytes = _mm_cvtsi128_si32(sum);
    std::memcpy(out + i * 3, &bytes, i + 1 < static_cast<size_t>(size) ? 4 : 3);
#else
    for (size_t c = 0; c < 3; ++c) {
      int32_t sum = 1 << (shift - 1);
      for (size_t k = 0; k < static_cast<size_t>(t.count[i]); ++k)
        sum += weights[k] * in[k * 3 + c];
      out[i * 3 + c] = static_cast<uint8_t>(std::clamp(sum >> shift, 0, 255));
    }
#endif
  }
}

}  // namespace

void resample(const Image& image, const CropBox& box, int size, bool is_flipped, uint8_t* out) {
  thread_local Taps vertical, horizontal;
  thread_local std::vector<int16_t> row;
  make_taps(box.height, size, kMostVerticalBits, false, vertical);
  make_taps(box.width, size, kMostHorizontalBits, is_flipped, horizontal);
  const size_t stride = static_cast<size_t>(image.width) * 3;
  const size_t n = static_cast<size_t>(box.width) * 3;
  row.assign(n + kPadding, 0);
  const uint8_t* corner = image.pixels.data() + static_cast<size_t>(box.top) * stride +
                          static_cast<size_t>(box.left) * 3;
  for (size_t y = 0; y < static_cast<size_t>(size); ++y) {
    const uint8_t* first = corner + static_cast<size_t>(vertical.start[y]) * stride;
    vertical_pass(first, stride, n,
                  vertical.weights.data() + y * static_cast<size_t>(vertical.taps),
                  vertical.count[y], vertical.bits, row.data());
    horizontal_pass(row.data(), horizontal, size, out + y * static_cast<size_t>(size) * 3);
  }
}

}  // namespace twinset
