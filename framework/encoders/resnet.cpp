#include "framework/encoders/resnet.h"

#include <fmt/format.h>

#include <optional>

#include "framework/core/error.h"
#include "framework/encoders/layers.h"

namespace twinset {
namespace {

class BasicBlock {
 public:
  BasicBlock(const WeightScope& scope, int64_t inputs, int64_t outputs, int64_t stride,
             double last_scale)
      : conv1_(scope / "conv1", inputs, outputs, 3, stride),
        norm1_(scope / "bn1", outputs),
        conv2_(scope / "conv2", outputs, outputs, 3, 1),
        norm2_(scope / "bn2", outputs, last_scale) {
    if (stride == 1 && inputs == outputs) return;
    shortcut_.emplace(scope / "downsample" / "0", inputs, outputs, 1, stride);
    shortcut_norm_.emplace(scope / "downsample" / "1", outputs);
  }

  at::Tensor forward(const at::Tensor& x, bool is_training) const {
    const at::Tensor inner = norm1_.forward_relu(conv1_.forward(x), {}, is_training);
    const at::Tensor residual =
        shortcut_ ? shortcut_norm_->forward(shortcut_->forward(x), is_training) : x;
    return norm2_.forward_relu(conv2_.forward(inner), residual, is_training);
  }

 private:
  Conv conv1_;
  BatchNorm norm1_;
  Conv conv2_;
  BatchNorm norm2_;
  std::optional<Conv> shortcut_;
  std::optional<BatchNorm> shortcut_norm_;
};

class Resnet : public ModuleEncoder {
 public:
  Resnet(const ResnetOptions& options, const EncoderContext& context)
      : stem_(scope() / "conv1", 3, options.widths[0], 3, 2),
        stem_norm_(scope() / "bn1", options.widths[0]) {
    int64_t channels = options.widths[0];
    for (size_t stage = 0; stage < options.widths.size(); ++stage) {
      const WeightScope layer = scope() / fmt::format("layer{}", stage + 1);
      for (int64_t i = 0; i < options.blocks[stage]; ++i) {
        blocks_.emplace_back(layer / std::to_string(i), channels, options.widths[stage],
                             stage > 0 && i == 0 ? 2 : 1, options.zero_init_residual ? 0.0 : 1.0);
        channels = options.widths[stage];
      }
    }
    projection_.emplace(scope() / "fc", channels, context.embedding_dim);
  }

  at::Tensor forward(const EncoderInput& input) override {
    const at::Tensor images =
        image_input(input, stem_.weight, "resnet").contiguous(at::MemoryFormat::ChannelsLast);
    at::Tensor x = stem_norm_.forward_relu(stem_.forward(images), {}, is_training());
    for (const BasicBlock& block : blocks_) x = block.forward(x, is_training());
    return projection_->forward(x.mean({2, 3}));
  }

  bool reads_images() const override { return true; }
  bool reads_tokens() const override { return false; }
  bool mixes_batch() const override { return true; }

 private:
  Conv stem_;
  BatchNorm stem_norm_;
  std::vector<BasicBlock> blocks_;
  std::optional<Linear> projection_;
};

}  // namespace

std::unique_ptr<Encoder> make_resnet(const ResnetOptions& options, const EncoderContext& context) {
  if (options.widths.empty() || options.widths.size() != options.blocks.size()) {
    throw ConfigError({.where = "encoder.blocks",
                       .what = fmt::format("{} stages in blocks and {} in widths",
                                           options.blocks.size(), options.widths.size()),
                       .expected = "the same number, at least one",
                       .todo = "give one width and one number of blocks a stage"});
  }
  return std::make_unique<Resnet>(options, context);
}

}  // namespace twinset
