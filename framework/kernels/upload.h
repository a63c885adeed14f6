// Private to this folder: lists of the host as tensors on a device.
#pragma once

#include <ATen/core/Tensor.h>

#include <initializer_list>
#include <span>
#include <vector>

namespace twinset {

/// A tensor each, brought over by one copy that a GPU does in its turn: the host does not wait.
std::vector<at::Tensor> upload(std::initializer_list<std::span<const int64_t>> lists,
                               at::Device device);
at::Tensor upload(std::span<const float> values, at::Device device);

}  // namespace twinset
