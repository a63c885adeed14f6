#include "framework/encoders/vit.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/zeros.h>
#include <fmt/format.h>

#include <cmath>

#include "framework/core/error.h"
#include "framework/encoders/transformer_stack.h"

namespace twinset {
namespace {

int64_t hidden_width(const VitOptions& options) {
  return static_cast<int64_t>(static_cast<double>(options.width) * options.mlp_ratio);
}

class Vit : public ModuleEncoder {
 public:
  Vit(const VitOptions& options, const EncoderContext& context)
      : options_(options),
        image_size_(context.image_size),
        patches_(scope().parameter(
            "conv1.weight",
            uniform_weight(
                {options.width, 3, options.patch_size, options.patch_size},
                1.0 / std::sqrt(3.0 * static_cast<double>(options.patch_size * options.patch_size)))
                .contiguous(at::MemoryFormat::ChannelsLast))),
        class_token_(scope().parameter("class_embedding", normal_weight({options.width}, scale()))),
        positions_(scope().parameter("positional_embedding",
                                     normal_weight({num_patches() + 1, options.width}, scale()))),
        norm_before_(scope() / "ln_pre", options.width),
        blocks_(scope() / "transformer", options.width, options.depth, options.heads,
                hidden_width(options)),
        norm_after_(scope() / "ln_post", options.width),
        projection_(scope().parameter(
            "proj", normal_weight({options.width, context.embedding_dim}, scale()))) {}

  at::Tensor forward(const EncoderInput& input) override {
    const at::Tensor images = image_input(input, patches_, "vit");
    if (images.size(2) != image_size_ || images.size(3) != image_size_) {
      throw ShapeError(
          {.where = "vit",
           .what = fmt::format("images of {}x{} pixels", images.size(2), images.size(3)),
           .expected = fmt::format("{0}x{0}, as it was made for", image_size_),
           .todo = "set the data set's image size"});
    }
    const int64_t patch = options_.patch_size;
    const at::Tensor patches =
        at::conv2d(images, patches_, {}, {patch, patch}).flatten(2).transpose(1, 2);
    const at::Tensor first =
        class_token_.to(patches.scalar_type()).view({1, 1, -1}).expand({patches.size(0), 1, -1});
    const at::Tensor x = norm_before_.forward(
        at::cat({first, patches}, 1).add(positions_.to(patches.scalar_type())));
    at::Tensor pooled;
    if (options_.pooling == "class") {
      pooled = norm_after_.forward(
          blocks_.forward_at(x, at::zeros({x.size(0)}, x.options().dtype(at::kLong)), {}, false));
    } else {
      pooled =
          norm_after_.forward(blocks_.forward(x, {}, false)).narrow(1, 1, num_patches()).mean(1);
    }
    return at::matmul(pooled, projection_);
  }

  bool reads_images() const override { return true; }
  bool reads_tokens() const override { return false; }
  bool mixes_batch() const override { return false; }
  bool allows_concurrent_forward() const override { return true; }

 private:
  double scale() const { return 1.0 / std::sqrt(static_cast<double>(options_.width)); }
  int64_t num_patches() const {
    return (image_size_ / options_.patch_size) * (image_size_ / options_.patch_size);
  }

  VitOptions options_;
  int64_t image_size_;
  at::Tensor patches_, class_token_, positions_;
  LayerNorm norm_before_;
  TransformerStack blocks_;
  LayerNorm norm_after_;
  at::Tensor projection_;
};

}  // namespace

std::unique_ptr<Encoder> make_vit(const VitOptions& options, const EncoderContext& context) {
  if (context.image_size % options.patch_size != 0) {
    throw ConfigError({.where = "encoder.patch_size",
                       .what = fmt::format("patches of {} pixels do not tile an image of {}",
                                           options.patch_size, context.image_size),
                       .expected = "a divisor of the image size",
                       .todo = ""});
  }
  if (hidden_width(options) < 1) {
    throw ConfigError({.where = "encoder.mlp_ratio",
                       .what = fmt::format("{} times a width of {} leaves no hidden unit",
                                           options.mlp_ratio, options.width),
                       .expected = "at least one",
                       .todo = ""});
  }
  check_heads(options.width, options.heads);
  return std::make_unique<Vit>(options, context);
}

}  // namespace twinset
