#include <ATen/ops/cat.h>
#include <ATen/ops/tensor.h>

#include "framework/encoders/feature_fusion.h"
#include "framework/encoders/layers.h"

namespace twinset {
namespace {

class TirgFusion : public FeatureFusion {
 public:
  TirgFusion(const WeightScope& scope, int64_t dim)
      : scales_(scope.parameter("a", at::tensor({1.0f, 10.0f}))),
        gate_norm_(scope / "gate.0", 2 * dim),
        gate_(scope / "gate.2", 2 * dim, dim),
        residual_norm_(scope / "residual.0", 2 * dim),
        residual_expand_(scope / "residual.2", 2 * dim, 2 * dim),
        residual_contract_(scope / "residual.4", 2 * dim, dim) {}

  at::Tensor forward(const at::Tensor& image, const at::Tensor& text,
                     bool is_training) const override {
    // [B, 2D, 1, 1]: batch norm over one position.
    const at::Tensor both =
        at::cat({image, text.to(image.scalar_type())}, 1).unsqueeze(2).unsqueeze(3);
    const auto normalised = [&](const BatchNorm& norm) {
      return norm.forward_relu(both, {}, is_training).flatten(1);
    };
    const at::Tensor gate = gate_.forward(normalised(gate_norm_)).sigmoid();
    const at::Tensor residual =
        residual_contract_.forward(residual_expand_.forward(normalised(residual_norm_)).relu());
    return gate.mul(image).mul(scales_.select(0, 0)).add(residual.mul(scales_.select(0, 1)));
  }

  bool mixes_batch() const override { return true; }

 private:
  at::Tensor scales_;
  BatchNorm gate_norm_;
  Linear gate_;
  BatchNorm residual_norm_;
  Linear residual_expand_, residual_contract_;
};

}  // namespace

std::unique_ptr<FeatureFusion> make_tirg_fusion(const WeightScope& scope, int64_t dim) {
  return std::make_unique<TirgFusion>(scope, dim);
}

}  // namespace twinset
