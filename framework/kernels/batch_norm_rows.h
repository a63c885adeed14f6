// Private to this folder: the loops of batch norm over rows [num_rows, num_channels] of float or
// bfloat16 (as uint16_t).
#pragma once

#include <cstdint>

namespace twinset::batch_norm {

/// sums[c] += sum of x - shift, squares[c] += sum of (x - shift)^2.
template <class T>
void add_moments(const T* x, int64_t rows, int64_t channels, const float* shift, double* sums,
                 double* squares);

/// y = scale x + offset + residual (null for none), at least 0 if `is_clamped`.
template <class T>
void transform(const T* x, const T* residual, int64_t rows, int64_t channels, const float* scale,
               const float* offset, bool is_clamped, T* y);

/// With g = dy where y > 0 (everywhere if y is null): sums[c] += sum of g, products[c] += sum of g
/// (x - mean).
template <class T>
void add_gradient_moments(const T* dy, const T* y, const T* x, int64_t rows, int64_t channels,
                          const float* mean, double* sums, double* products);

/// dx = a g + b x + d per channel; also writes g to dr unless that is null.
template <class T>
void transform_gradient(const T* dy, const T* y, const T* x, int64_t rows, int64_t channels,
                        const float* a, const float* b, const float* d, T* dx, T* dr);

}  // namespace twinset::batch_norm
