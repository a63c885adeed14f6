#include "framework/encoders/dual_encoder.h"

#include <ATen/autocast_mode.h>
#include <ATen/ops/linalg_vector_norm.h>

#include "framework/core/error.h"
#include "framework/kernels/normalize_images.h"

namespace twinset {
namespace {

// Turns on autocast for a scope; the casts of the weights are dropped at its end.
class AutocastScope {
 public:
  AutocastScope(at::DeviceType device, bool is_enabled)
      : device_(device), was_enabled_(at::autocast::is_autocast_enabled(device)) {
    at::autocast::set_autocast_enabled(device, is_enabled);
    if (is_enabled) at::autocast::set_autocast_dtype(device, at::kBFloat16);
    at::autocast::increment_nesting();
  }
  ~AutocastScope() {
    if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
    at::autocast::set_autocast_enabled(device_, was_enabled_);
  }
  AutocastScope(const AutocastScope&) = delete;
  AutocastScope& operator=(const AutocastScope&) = delete;

 private:
  at::DeviceType device_;
  bool was_enabled_;
};

void append(const NamedTensors& tensors, const std::string& prefix, NamedTensors& out) {
  for (const auto& [name, tensor] : tensors) out.emplace_back(prefix + name, tensor);
}

}  // namespace

Precision parse_precision(const std::string& name) {
  if (name == "float32") return Precision::kFloat32;
  if (name == "bfloat16") return Precision::kBFloat16;
  throw_unknown_name("precision", "precision", name, {"float32", "bfloat16"});
}

NamedTensors DualEncoder::parameters() const {
  NamedTensors tensors;
  append(query->parameters(), "query.", tensors);
  append(document->parameters(), "document.", tensors);
  return tensors;
}

NamedTensors DualEncoder::buffers() const {
  NamedTensors tensors;
  append(query->buffers(), "query.", tensors);
  append(document->buffers(), "document.", tensors);
  return tensors;
}

void DualEncoder::set_training(bool is_training) {
  query->set_training(is_training);
  document->set_training(is_training);
}

void DualEncoder::to_device(const std::string& device) {
  query->to_device(device);
  document->to_device(device);
}

EncoderInput query_input(const Batch& batch, Precision precision, const std::string& device) {
  EncoderInput input;
  const at::Device target(device);
  if (batch.images.defined()) {
    input.images = normalize_images(batch.images.to(target), kImageNetMean, kImageNetStd,
                                    precision == Precision::kBFloat16 ? at::kBFloat16 : at::kFloat);
  }
  if (batch.title_tokens.defined()) input.tokens = batch.title_tokens.to(target);
  return input;
}

at::Tensor embed(Encoder& encoder, const EncoderInput& input, Precision precision) {
  const at::Device device = input.images.defined() ? input.images.device() : input.tokens.device();
  at::Tensor features;
  {
    const AutocastScope autocast(device.type(), precision == Precision::kBFloat16);
    features = encoder.forward(input);
  }
  if (precision == Precision::kBFloat16) features = features.to(at::kFloat);
  return features.div(at::linalg_vector_norm(features, 2, {1}, true).clamp_min(1e-12));
}

}  // namespace twinset
