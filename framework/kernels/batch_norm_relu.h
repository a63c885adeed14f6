#pragma once

#include <ATen/core/Tensor.h>

namespace twinset {

/// Batch norm while training, with what follows it in a residual network, in two passes over memory
/// instead of four:
///
/// \f$ y = \max(0, \gamma \hat x + \beta + r) \f$ with
/// \f$ \hat x = (x - \mu) / \sqrt{\sigma^2 + 10^{-5}} \f$ over [B, H, W]
///
/// Updates the running statistics with momentum 0.1 (unbiased variance), as at::batch_norm.
/// Differentiable in x, residual, weight and bias. The same whatever the number of threads.
///
/// @param x         [B, C, H, W] float32 or bfloat16; CPU, channels-last memory, else the operators
///                  of ATen are used
/// @param residual  r, the same shape and type; undefined for none
/// @param weight    [C] float32, gamma; bias [C], beta; running_mean, running_var [C]
/// @param is_clamped  false leaves out the maximum
/// Numerics: sums in float32 within 256 rows, in float64 across; one rounding of the result, where
/// the separate operators round after each.
/// Source: Ioffe and Szegedy 2015, arXiv:1502.03167, algorithm 1 and section 3.
at::Tensor batch_norm_relu(const at::Tensor& x, const at::Tensor& residual,
                           const at::Tensor& weight, const at::Tensor& bias,
                           const at::Tensor& running_mean, const at::Tensor& running_var,
                           bool is_clamped = true);

}  // namespace twinset
