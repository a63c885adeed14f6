#include "framework/losses/temperature.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/scalar_tensor.h>

#include <cmath>

namespace twinset {

at::Tensor make_scalar_parameter(double value, bool is_learnable) {
  return at::scalar_tensor(value, at::TensorOptions().dtype(at::kFloat))
      .set_requires_grad(is_learnable);
}

at::Tensor move_parameter(const at::Tensor& parameter, const std::string& device) {
  return parameter.detach().to(at::Device(device)).set_requires_grad(parameter.requires_grad());
}

DeviceNumber number_of(const at::Tensor& scalar, std::function<double(double)> finish) {
  const at::Tensor now = scalar.detach();
  return DeviceNumber(now.is_cuda() ? now.clone() : now, std::move(finish));
}

Temperature::Temperature(const TemperatureOptions& options, const std::string& where)
    : options_(options),
      log_inverse_(make_scalar_parameter(-std::log(options.initial), options.is_learnable)) {
  if (options.initial < options.minimum || options.initial > options.maximum) {
    throw ConfigError({.where = where + ".temperature.initial",
                       .what = fmt::format("is {}", options.initial),
                       .expected = fmt::format("between minimum ({}) and maximum ({})",
                                               options.minimum, options.maximum)});
  }
}

at::Tensor Temperature::inverse() const { return log_inverse_.exp(); }

double Temperature::inverse_value() const { return std::exp(log_inverse_.detach().item<double>()); }

DeviceNumber Temperature::value() const {
  return number_of(log_inverse_, [](double log_inverse) { return std::exp(-log_inverse); });
}

NamedTensors Temperature::parameters() const {
  if (!options_.is_learnable) return {};
  return {{"log_inverse_temperature", log_inverse_}};
}

void Temperature::clamp() {
  const at::NoGradGuard no_grad;
  log_inverse_.clamp_(-std::log(options_.maximum), -std::log(options_.minimum));
}

void Temperature::to_device(const std::string& device) {
  log_inverse_ = move_parameter(log_inverse_, device);
}

}  // namespace twinset
