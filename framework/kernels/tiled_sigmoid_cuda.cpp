// The sigmoid loss where the GPU is; its value and gradients stay there.
#include <ATen/TensorOperators.h>
#include <c10/core/DeviceGuard.h>

#include <utility>

#include "framework/kernels/tiled_cuda.h"
#include "framework/kernels/tiled_gradient.h"

namespace twinset {

TiledLoss tiled_sigmoid_cuda(const TiledBatch& batch, const at::Tensor& bias) {
  const c10::DeviceGuard guard(batch.queries.device());
  const double factor = 1 / static_cast<double>(batch.queries.size(0));
  const bool is_gradient = wants_gradient(batch, bias);
  const PairSweepCuda found =
      SimilarityCuda(batch, false)
          .sigmoid(bias, factor, is_gradient, batch.documents.requires_grad());
  const at::Tensor value = found.losses.mul(factor).to(at::kFloat);
  if (!is_gradient) return {.value = value};
  TiledGradients gradients{.queries = found.gradients.queries,
                           .documents = found.gradients.documents,
                           .inverse_temperature = found.gradients.product,
                           .bias = found.logit_gradients.mul(factor)};
  return {.value = with_backward(value, batch, bias, scaled_gradients(std::move(gradients)))};
}

}  // namespace twinset
