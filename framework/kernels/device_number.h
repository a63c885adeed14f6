// A number that may still be on its way from a GPU.
#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <utility>

namespace twinset {

/// A float64 that code on the host reads when it needs it: a loss's statistics are put down while
/// the GPU still works, and asking for them at once would leave it idle.
///
/// Reading waits for the GPU, each time. Converts to double, so that it can stand where a double
/// does.
class DeviceNumber {
 public:
  DeviceNumber(double value) : value_(value) {}
  /// @param number  [] float32 or float64 that nobody changes later; read at once if on the CPU
  /// @param finish  applied on the host
  explicit DeviceNumber(const at::Tensor& number, std::function<double(double)> finish = nullptr)
      : tensor_(number.detach()), finish_(std::move(finish)) {
    if (number.is_cuda()) return;
    value_ = double(*this);
    tensor_.reset();
  }

  operator double() const {
    if (!tensor_.defined()) return value_;
    const double number = tensor_.item<double>();
    return finish_ ? finish_(number) : number;
  }

 private:
  double value_ = 0;
  at::Tensor tensor_;
  std::function<double(double)> finish_;
};

}  // namespace twinset
