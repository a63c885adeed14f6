#include "framework/encoders/product_encoder.h"

#include "framework/core/error.h"
#include "framework/encoders/feature_fusion.h"

namespace twinset {
namespace {

class ProductEncoder : public ModuleEncoder {
 public:
  ProductEncoder(std::unique_ptr<Encoder> image, std::unique_ptr<Encoder> text,
                 const FusionOptions& options, const EncoderContext& context)
      : image_(std::move(image)), text_(std::move(text)) {
    if (image_ && text_)
      fusion_ = make_feature_fusion(options, scope() / "fusion", context.embedding_dim);
  }

  at::Tensor forward(const EncoderInput& input) override {
    if (!text_) return image_->forward(input);
    if (!image_) return text_->forward(input);
    const at::Tensor image = image_->forward(input), text = text_->forward(input);
    return fusion_->forward(image, text, is_training());
  }

  bool reads_images() const override { return image_ != nullptr; }
  bool reads_tokens() const override { return text_ != nullptr; }
  bool mixes_batch() const override {
    return (image_ && image_->mixes_batch()) || (text_ && text_->mixes_batch()) ||
           (fusion_ && fusion_->mixes_batch());
  }
  bool allows_concurrent_forward() const override {
    return (!image_ || image_->allows_concurrent_forward()) &&
           (!text_ || text_->allows_concurrent_forward()) && !(fusion_ && fusion_->mixes_batch());
  }

  NamedTensors parameters() const override {
    return collect([](const Encoder& encoder) { return encoder.parameters(); },
                   ModuleEncoder::parameters());
  }
  NamedTensors buffers() const override {
    return collect([](const Encoder& encoder) { return encoder.buffers(); },
                   ModuleEncoder::buffers());
  }
  void set_training(bool is_training) override {
    ModuleEncoder::set_training(is_training);
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
  std::unique_ptr<FeatureFusion> fusion_;  ///< null with one encoder
};

}  // namespace

std::unique_ptr<Encoder> make_product_encoder(std::unique_ptr<Encoder> image,
                                              std::unique_ptr<Encoder> text,
                                              const FusionOptions& options,
                                              const EncoderContext& context) {
  if (!image && !text) {
    throw ConfigError({.where = "encoder",
                       .what = "a product encoder without image and without title encoder",
                       .expected = "at least one of them",
                       .todo = "set encoder.image or encoder.text"});
  }
  if (image && !image->reads_images()) {
    throw ConfigError({.where = "encoder.image",
                       .what = "this encoder reads no images",
                       .expected = "an image encoder",
                       .todo = ""});
  }
  if (text && !text->reads_tokens()) {
    throw ConfigError({.where = "encoder.text",
                       .what = "this encoder reads no text",
                       .expected = "a text encoder",
                       .todo = ""});
  }
  return std::make_unique<ProductEncoder>(std::move(image), std::move(text), options, context);
}

}  // namespace twinset
