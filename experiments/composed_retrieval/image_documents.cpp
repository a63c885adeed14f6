#include "experiments/composed_retrieval/image_documents.h"

#include <ATen/ops/index_select.h>

namespace twinset {
namespace {

class ImageDocuments : public Encoder {
 public:
  ImageDocuments(Encoder& image, const at::Tensor& images, Precision precision,
                 bool owns_parameters)
      : image_(image), images_(images), precision_(precision), owns_parameters_(owns_parameters) {}

  at::Tensor forward(const EncoderInput& input) override {
    Batch batch;
    batch.images = at::index_select(images_, 0, input.tokens.select(1, 0).cpu());
    return image_.forward(query_input(batch, precision_, input.tokens.device().str()));
  }
  bool reads_images() const override { return false; }
  bool reads_tokens() const override { return true; }
  NamedTensors parameters() const override {
    return owns_parameters_ ? image_.parameters() : NamedTensors();
  }
  NamedTensors buffers() const override {
    return owns_parameters_ ? image_.buffers() : NamedTensors();
  }
  void set_training(bool is_training) override { image_.set_training(is_training); }
  void to_device(const std::string& device) override {
    if (owns_parameters_) image_.to_device(device);
  }
  bool mixes_batch() const override { return image_.mixes_batch(); }

 private:
  Encoder& image_;
  at::Tensor images_;
  Precision precision_;
  bool owns_parameters_;
};

}  // namespace

std::unique_ptr<Encoder> make_image_documents(Encoder& image, const at::Tensor& images,
                                              Precision precision, bool owns_parameters) {
  return std::make_unique<ImageDocuments>(image, images, precision, owns_parameters);
}

}  // namespace twinset
