// Private to this folder: joins the tiled losses to autograd.
#pragma once

#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>

#include "framework/kernels/tiled_loss.h"

namespace twinset {

/// Gradients of a tiled loss, times what comes from above; float32, undefined: none.
struct TiledGradients {
  at::Tensor queries, documents;
  double inverse_temperature = 0, bias = 0;
};

/// What a loss keeps for its backward pass.
class TiledBackward : public torch::CustomClassHolder {
 public:
  virtual TiledGradients gradients(double upstream, bool wants_documents) = 0;
};

/// True if one of them will ask for a gradient.
bool wants_gradient(const TiledBatch& batch, const at::Tensor& bias);

/// `value` as a [] float32 tensor on the device of the batch, without a gradient.
at::Tensor tiled_value(double value, const TiledBatch& batch);

/// The same as a tensor whose gradients `backward` computes. bias: undefined if the loss has none.
at::Tensor with_backward(double value, const TiledBatch& batch, const at::Tensor& bias,
                         c10::intrusive_ptr<TiledBackward> backward);

}  // namespace twinset
