#include "framework/kernels/upload.h"

#include <ATen/ops/empty.h>

#include <algorithm>

namespace twinset {
namespace {

// Pinned memory for a GPU: a copy from other memory waits for what the GPU has yet to do. libtorch
// keeps such memory, and gives it out again once its copy is done.
template <class T>
at::Tensor upload_joined(std::initializer_list<std::span<const T>> lists, at::ScalarType type,
                         at::Device device) {
  size_t count = 0;
  for (const auto& list : lists) count += list.size();
  const at::Tensor staged =
      at::empty({static_cast<int64_t>(count)},
                at::TensorOptions().dtype(type).pinned_memory(device.is_cuda()));
  T* to = staged.mutable_data_ptr<T>();
  for (const auto& list : lists) to = std::copy(list.begin(), list.end(), to);
  return staged.to(at::TensorOptions().device(device), /*non_blocking=*/true, /*copy=*/false);
}

}  // namespace

std::vector<at::Tensor> upload(std::initializer_list<std::span<const int64_t>> lists,
                               at::Device device) {
  const at::Tensor joined = upload_joined(lists, at::kLong, device);
  std::vector<at::Tensor> result;
  int64_t begin = 0;
  for (const auto& list : lists) {
    result.push_back(joined.narrow(0, begin, static_cast<int64_t>(list.size())));
    begin += static_cast<int64_t>(list.size());
  }
  return result;
}

at::Tensor upload(std::span<const float> values, at::Device device) {
  return upload_joined<float>({values}, at::kFloat, device);
}

}  // namespace twinset
