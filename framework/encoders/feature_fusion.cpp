#include "framework/encoders/feature_fusion.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/gelu.h>

#include "framework/core/error.h"
#include "framework/encoders/layers.h"

namespace twinset {
namespace {

class ConcatMlp : public FeatureFusion {
 public:
  ConcatMlp(const WeightScope& scope, int64_t dim, int64_t hidden)
      : norm_(scope / "0", 2 * dim),
        expand_(scope / "1", 2 * dim, hidden),
        contract_(scope / "3", hidden, dim) {}

  at::Tensor forward(const at::Tensor& image, const at::Tensor& text, bool) const override {
    const at::Tensor both = at::cat({image, text.to(image.scalar_type())}, 1);
    return contract_.forward(at::gelu(expand_.forward(norm_.forward(both))));
  }

 private:
  LayerNorm norm_;
  Linear expand_, contract_;
};

class Sum : public FeatureFusion {
 public:
  at::Tensor forward(const at::Tensor& image, const at::Tensor& text, bool) const override {
    return image.add(text);
  }
};

}  // namespace

std::unique_ptr<FeatureFusion> make_feature_fusion(const FusionOptions& options,
                                                   const WeightScope& scope, int64_t dim) {
  if (options.kind == "concat_mlp") return std::make_unique<ConcatMlp>(scope, dim, options.hidden);
  if (options.kind == "sum") return std::make_unique<Sum>();
  if (options.kind == "tirg") return make_tirg_fusion(scope, dim);
  throw_unknown_name("fusion.kind", "fusion", options.kind, {"concat_mlp", "sum", "tirg"});
}

}  // namespace twinset
