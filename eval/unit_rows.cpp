#include "eval/unit_rows.h"

#include <ATen/core/Tensor.h>
#include <ATen/ops/div.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <fmt/format.h>

#include <cmath>

#include "framework/core/error.h"

namespace twinset {

at::Tensor unit_rows(const at::Tensor& rows, const std::string& what) {
  const at::Tensor values = rows.detach().to(at::kCPU, at::kFloat).contiguous();
  const at::Tensor norms = at::linalg_vector_norm(values, 2, {1}, /*keepdim=*/true);
  for (int64_t i = 0; i < values.size(0); ++i) {
    const float norm = norms.const_data_ptr<float>()[i];
    if (norm > 0 && std::isfinite(norm)) continue;
    throw DataError({.where = "evaluation",
                     .what = fmt::format("{} embedding {} has the length {}", what, i, norm),
                     .expected = "finite embeddings that are not zero",
                     .todo = "look for a diverged loss in the run's metrics"});
  }
  return at::div(values, norms).contiguous();
}

}  // namespace twinset
