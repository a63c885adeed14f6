// Private to this folder: how the features of an image and of a text become one embedding.
#pragma once

#include <ATen/core/Tensor.h>

#include <memory>

#include "framework/encoders/module_encoder.h"
#include "framework/encoders/product_encoder.h"

namespace twinset {

/// Features of both sides [B, D] to an embedding [B, D].
class FeatureFusion {
 public:
  virtual ~FeatureFusion() = default;
  virtual at::Tensor forward(const at::Tensor& image, const at::Tensor& text,
                             bool is_training) const = 0;
  /// As Encoder::mixes_batch.
  virtual bool mixes_batch() const { return false; }
};

/// The fusion that `options.kind` names (FusionOptions says which), its weights entered in `scope`.
std::unique_ptr<FeatureFusion> make_feature_fusion(const FusionOptions& options,
                                                   const WeightScope& scope, int64_t dim);

/// TIRG's composition of an image with a text that modifies it.
///
/// \f$ f = a_0\,\sigma(g(x, t)) \odot x + a_1\,r(x, t) \f$ with g = Linear(ReLU(BN([x, t]))), 2D ->
/// D, and r = Linear(ReLU(Linear(ReLU(BN([x, t]))))), 2D -> 2D -> D; a starts at (1, 10).
///
/// The gate keeps of the image what the text does not change, so that f stays in the space of
/// images. Batch norm mixes the batch while training. Names: a, gate.{0,2}, residual.{0,2,4}.
/// Source: Vo et al. 2019, arXiv:1812.07119, section 3; first value of a: github.com/google/tirg.
std::unique_ptr<FeatureFusion> make_tirg_fusion(const WeightScope& scope, int64_t dim);

}  // namespace twinset
