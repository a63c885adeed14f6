#include "framework/encoders/product_encoder.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/gelu.h>

#include <optional>

#include "framework/core/error.h"
#include "framework/encoders/layers.h"

namespace twinset {
namespace {

class Fusion {
 public:
  Fusion(const WeightScope& scope, int64_t dim, int64_t hidden)
      : norm_(scope / "0", 2 * dim), expand_(scope / "1", 2 * dim, hidden), contract_(scope / "3", hidden, dim) {}

  at::Tensor forward(const at::Tensor& image, const at::Tensor& text) const {
    const at::Tensor both = at::cat({image, text.to(image.scalar_type())}, 1);
    return contract_.forward(at::gelu(expand_.forward(norm_.forward(both))));
  }

 private:
  LayerNorm norm_;
  Linear expand_, contract_;
};

class ProductEncoder : public ModuleEncoder {
 public:
  ProductEncoder(std::unique_ptr<Encoder> image, std::unique_ptr<Encoder> text, const FusionOptions& options,
                 const EncoderContext& context)
      : image_(std::move(image)), text_(std::move(text)) {
    if (image_ && text_ && options.kind == "concat_mlp") {
      fusion_.emplace(scope() / "fusion", context.embedding_dim, options.hidden);
    }
  }

  at::Tensor forward(const EncoderInput& input) override {
    if (!text_) return image_->forward(input);
    if (!image_) return text_->forward(input);
    const at::Tensor image = image_->forward(input), text = text_->forward(input);
    return fusion_ ? fusion_->forward(image, text) : image.add(text);
  }

  bool reads_images() const override { return image_ != nullptr; }
  bool reads_tokens() const override { return text_ != nullptr; }
  bool mixes_batch() const override { return (image_ && image_->mixes_batch()) || (text_ && text_->mixes_batch()); }

  NamedTensors parameters() const override {
    return collect([](const Encoder& encoder) { return encoder.parameters(); }, ModuleEncoder::parameters());
  }
  NamedTensors buffers() const override {
    return collect([](const Encoder& encoder) { return encoder.buffers(); }, ModuleEncoder::buffers());
  }
  void set_training(bool is_training) override {
    for (Encoder* encoder : {image_.get(), text_.get()}) {
      if (encoder) encoder->set_training(is_training);
    }
  }
  void to_device(const std::string& device) override {
    ModuleEncoder::to_device(device);
    for (Encoder* encoder : {image_.get(), text_.get()}) {
      if (encoder) encoder->to_device(device);
    }
  }

 private:
  template <class Get>
  NamedTensors collect(Get get, const NamedTensors& own) const {
    NamedTensors all;
    const auto append = [&](const std::string& prefix, const NamedTensors& tensors) {
      for (const auto& [name, tensor] : tensors) all.emplace_back(prefix + name, tensor);
    };
    if (image_) append("image.", get(*image_));
    if (text_) append("text.", get(*text_));
    append("", own);
    return all;
  }

  std::unique_ptr<Encoder> image_, text_;
  std::optional<Fusion> fusion_;
};

}  // namespace

std::unique_ptr<Encoder> make_product_encoder(std::unique_ptr<Encoder> image, std::unique_ptr<Encoder> text,
                                              const FusionOptions& options, const EncoderContext& context) {
  if (!image && !text) {
    throw ConfigError({.where = "encoder", .what = "a product encoder without image and without title encoder",
                       .expected = "at least one of them", .todo = "set encoder.image or encoder.text"});
  }
  if (image && !image->reads_images()) {
    throw ConfigError({.where = "encoder.image", .what = "this encoder reads no images", .expected = "an image encoder", .todo = ""});
  }
  if (text && !text->reads_tokens()) {
    throw ConfigError({.where = "encoder.text", .what = "this encoder reads no text", .expected = "a text encoder", .todo = ""});
  }
  return std::make_unique<ProductEncoder>(std::move(image), std::move(text), options, context);
}

}  // namespace twinset
