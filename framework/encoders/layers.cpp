#include "framework/encoders/layers.h"

#include <ATen/ops/batch_norm.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>

#include <cmath>

#include "framework/encoders/linear.h"
#include "framework/kernels/batch_norm_relu.h"

namespace twinset {

at::Tensor normal_weight(at::IntArrayRef shape, double deviation) {
  return at::empty(shape, at::kFloat).normal_(0, deviation);
}

at::Tensor uniform_weight(at::IntArrayRef shape, double bound) {
  return at::empty(shape, at::kFloat).uniform_(-bound, bound);
}

Linear::Linear(const WeightScope& scope, int64_t inputs, int64_t outputs) {
  const double bound = 1.0 / std::sqrt(static_cast<double>(inputs));
  weight = scope.parameter("weight", uniform_weight({outputs, inputs}, bound));
  bias = scope.parameter("bias", uniform_weight({outputs}, bound));
}

at::Tensor Linear::forward(const at::Tensor& x) const { return linear(x, weight, bias); }

LayerNorm::LayerNorm(const WeightScope& scope, int64_t width)
    : weight(scope.parameter("weight", at::ones({width}))),
      bias(scope.parameter("bias", at::zeros({width}))) {}

at::Tensor LayerNorm::forward(const at::Tensor& x) const {
  return at::layer_norm(x, weight.sizes(), weight, bias, 1e-5);
}

Conv::Conv(const WeightScope& scope, int64_t inputs, int64_t outputs, int64_t size, int64_t step)
    : stride(step), padding(size / 2) {
  const double deviation = std::sqrt(2.0 / static_cast<double>(outputs * size * size));
  weight = scope.parameter("weight", normal_weight({outputs, inputs, size, size}, deviation)
                                         .contiguous(at::MemoryFormat::ChannelsLast));
}

at::Tensor Conv::forward(const at::Tensor& x) const {
  return at::conv2d(x, weight, {}, {stride, stride}, {padding, padding});
}

BatchNorm::BatchNorm(const WeightScope& scope, int64_t channels, double scale)
    : weight(scope.parameter("weight", at::full({channels}, scale, at::kFloat))),
      bias(scope.parameter("bias", at::zeros({channels}))),
      running_mean(scope.buffer("running_mean", at::zeros({channels}))),
      running_var(scope.buffer("running_var", at::ones({channels}))) {}

at::Tensor BatchNorm::run(const at::Tensor& x, const at::Tensor& residual, bool is_training,
                          bool is_clamped) const {
  if (is_training)
    return batch_norm_relu(x, residual, weight, bias, running_mean, running_var, is_clamped);
  at::Tensor y = at::batch_norm(x, weight, bias, running_mean, running_var, false, 0.1, 1e-5, true);
  if (residual.defined()) y.add_(residual);
  return is_clamped ? y.relu_() : y;
}

}  // namespace twinset
