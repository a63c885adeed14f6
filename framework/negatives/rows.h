#pragma once

#include <ATen/core/Tensor.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/tensor.h>

#include <cstdint>
#include <vector>

namespace twinset {

/// [R] int64 on the device of `like`.
inline at::Tensor row_indices(const std::vector<int64_t>& rows, const at::Tensor& like) {
  return at::tensor(at::ArrayRef<int64_t>(rows), at::TensorOptions().dtype(at::kLong))
      .to(like.device());
}

/// The rows of a matrix, as a copy.
inline at::Tensor select_rows(const at::Tensor& matrix, const std::vector<int64_t>& rows) {
  return at::index_select(matrix, 0, row_indices(rows, matrix));
}

}  // namespace twinset
