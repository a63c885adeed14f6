// Private to this folder: the layers that encoders are made of, over ATen alone. A layer is a
// struct of handles; names and first values are those of the PyTorch module of the same name, so
// that its weights can be loaded.
#pragma once

#include <ATen/core/Tensor.h>

#include "framework/encoders/module_encoder.h"

namespace twinset {

/// y = x W^T + b. First values: uniform within 1 / sqrt(inputs), as torch.nn.Linear.
struct Linear {
  Linear(const WeightScope& scope, int64_t inputs, int64_t outputs);
  at::Tensor forward(const at::Tensor& x) const;
  at::Tensor weight, bias;
};

/// Normalises the last dimension, then scales and shifts. eps 1e-5.
struct LayerNorm {
  LayerNorm(const WeightScope& scope, int64_t width);
  at::Tensor forward(const at::Tensor& x) const;
  at::Tensor weight, bias;
};

/// A 2-d convolution without bias, weights in channels-last memory. First values: normal with
/// variance 2 / (outputs * size^2) (Kaiming, fan out).
struct Conv {
  Conv(const WeightScope& scope, int64_t inputs, int64_t outputs, int64_t size, int64_t step);
  at::Tensor forward(const at::Tensor& x) const;
  at::Tensor weight;
  int64_t stride, padding;
};

/// Batch norm over [B, H, W], momentum 0.1, eps 1e-5; running statistics are used when not
/// training.
struct BatchNorm {
  BatchNorm(const WeightScope& scope, int64_t channels, double scale = 1.0);
  at::Tensor forward(const at::Tensor& x, bool is_training) const {
    return run(x, {}, is_training, false);
  }
  /// max(0, batch norm + residual); an undefined residual counts as 0.
  at::Tensor forward_relu(const at::Tensor& x, const at::Tensor& residual, bool is_training) const {
    return run(x, residual, is_training, true);
  }
  at::Tensor run(const at::Tensor& x, const at::Tensor& residual, bool is_training,
                 bool is_clamped) const;
  at::Tensor weight, bias, running_mean, running_var;
};

/// A float32 tensor of normal numbers from torch's default generator.
at::Tensor normal_weight(at::IntArrayRef shape, double deviation);

/// The same, uniform in [-bound, bound].
at::Tensor uniform_weight(at::IntArrayRef shape, double bound);

}  // namespace twinset
