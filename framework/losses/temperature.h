#pragma once

#include <ATen/core/Tensor.h>

#include "framework/core/options.h"
#include "framework/core/tensor_fwd.h"
#include "framework/kernels/device_number.h"

namespace twinset {

/// The learnable temperature that softmax and sigmoid losses share.
struct TemperatureOptions {
  double initial = 0.07;
  double minimum = 0.01;
  double maximum = 1.0;
  bool is_learnable = true;

  template <class V>
  void visit(V&& v) {
    v("initial", initial,
      Field{.help = "temperature at the start; a cosine is divided by it", .above = 0});
    v("minimum", minimum, Field{.help = "clamped after every step; CLIP: 0.01", .above = 0});
    v("maximum", maximum, Field{.help = "clamped after every step", .above = 0});
    v("is_learnable", is_learnable, Field{.help = "trained with the encoders"});
  }
};

/// exp(t) = 1 / temperature, with t trained: a positive scale that a step changes by a factor.
/// Source: Radford et al. 2021, arXiv:2103.00020, section 2.5.
class Temperature {
 public:
  /// @throws ConfigError unless minimum <= initial <= maximum
  explicit Temperature(const TemperatureOptions& options, const std::string& where);
  at::Tensor inverse() const;  ///< [] float, differentiable
  double inverse_value() const;
  DeviceNumber value() const;       ///< for statistics
  NamedTensors parameters() const;  ///< "log_inverse_temperature", empty if it is fixed
  void clamp();
  void to_device(const std::string& device);

 private:
  TemperatureOptions options_;
  at::Tensor log_inverse_;
};

/// What a scalar is now, for statistics.
DeviceNumber number_of(const at::Tensor& scalar, std::function<double(double)> finish = nullptr);
/// A scalar that trains: [] float32, a leaf.
at::Tensor make_scalar_parameter(double value, bool is_learnable);
/// The same scalar as a new leaf on another device.
at::Tensor move_parameter(const at::Tensor& parameter, const std::string& device);

}  // namespace twinset
