// Private to this folder: joins the tiled losses to autograd.
#pragma once

#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>

#include "framework/kernels/tiled_loss.h"

namespace twinset {

/// Gradients of a tiled loss; undefined: none.
struct TiledGradients {
  at::Tensor queries, documents;         ///< float32
  at::Tensor inverse_temperature, bias;  ///< [] float64, anywhere
};

/// What a loss keeps for its backward pass.
class TiledBackward : public torch::CustomClassHolder {
 public:
  /// @param upstream  [] float32, a factor of all gradients
  virtual TiledGradients gradients(const at::Tensor& upstream, bool wants_documents) = 0;
};

/// The backward pass of a loss whose gradients stand after the forward pass: what comes from above
/// only scales them.
c10::intrusive_ptr<TiledBackward> scaled_gradients(TiledGradients gradients);

/// A number as TiledGradients have it.
at::Tensor scalar_gradient(double value);

/// True if one of them will ask for a gradient.
bool wants_gradient(const TiledBatch& batch, const at::Tensor& bias);

/// `value` as a [] float32 tensor on the device of the batch, without a gradient.
at::Tensor tiled_value(double value, const TiledBatch& batch);

/// `value`, [] float32, as a tensor whose gradients `backward` computes. bias: undefined if the
/// loss has none.
at::Tensor with_backward(const at::Tensor& value, const TiledBatch& batch, const at::Tensor& bias,
                         c10::intrusive_ptr<TiledBackward> backward);

}  // namespace twinset
