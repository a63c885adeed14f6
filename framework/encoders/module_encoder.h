// Private to this folder: what every encoder shares, its named tensors and its mode.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>

#include "framework/encoders/encoder.h"

namespace twinset {

/// The tensors of an encoder under their names. Layers hold handles of the same tensors, so a move
/// or a conversion reaches them too.
class Weights {
 public:
  /// A trainable tensor; `initial` must be freshly made. Names must be unique.
  at::Tensor parameter(const std::string& name, const at::Tensor& initial);
  /// A tensor that is saved but not trained.
  at::Tensor buffer(const std::string& name, const at::Tensor& initial);
  const NamedTensors& parameters() const { return parameters_; }
  const NamedTensors& buffers() const { return buffers_; }

 private:
  NamedTensors parameters_;
  NamedTensors buffers_;
};

/// Where the weights of a layer are entered: a prefix such as "layer1.0." before every name.
class WeightScope {
 public:
  explicit WeightScope(Weights& weights, std::string prefix = "")
      : weights_(&weights), prefix_(std::move(prefix)) {}
  WeightScope operator/(const std::string& name) const {
    return WeightScope(*weights_, prefix_ + name + ".");
  }
  at::Tensor parameter(const std::string& name, const at::Tensor& initial) const {
    return weights_->parameter(prefix_ + name, initial);
  }
  at::Tensor buffer(const std::string& name, const at::Tensor& initial) const {
    return weights_->buffer(prefix_ + name, initial);
  }

 private:
  Weights* weights_;
  std::string prefix_;
};

/// An encoder with its own weights.
class ModuleEncoder : public Encoder {
 public:
  NamedTensors parameters() const override { return weights_.parameters(); }
  NamedTensors buffers() const override { return weights_.buffers(); }
  void set_training(bool is_training) override { is_training_ = is_training; }
  void to_device(const std::string& device) override;

 protected:
  WeightScope scope() { return WeightScope(weights_); }
  bool is_training() const { return is_training_; }

 private:
  Weights weights_;
  bool is_training_ = true;
};

/// `images` in the type that the weights compute with: autocast's business while it is on, else
/// that of `weight`.
/// @throws ShapeError if there are none, or they are not [B, 3, H, W]
at::Tensor image_input(const EncoderInput& input, const at::Tensor& weight, const char* encoder);

/// `tokens`, checked, without the columns at the end in which every text has padding.
///
/// Cutting them changes no embedding, since padding never counts. On a GPU they stay: looking would
/// make the host wait.
/// @throws ShapeError if there are none, they are not [B, L] int64, or L is above `context_length`
at::Tensor token_input(const EncoderInput& input, int64_t context_length, const char* encoder);

}  // namespace twinset
