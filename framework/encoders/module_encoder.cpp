#include "framework/encoders/module_encoder.h"

#include <ATen/autocast_mode.h>
#include <ATen/core/grad_mode.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "framework/core/error.h"
#include "framework/data/tokenizer.h"
#include "framework/encoders/convert.h"

namespace twinset {
namespace {

bool is_taken(const NamedTensors& tensors, const std::string& name) {
  return std::any_of(tensors.begin(), tensors.end(),
                     [&](const auto& entry) { return entry.first == name; });
}

void replace_data(const NamedTensors& tensors, const at::TensorOptions& options) {
  const at::NoGradGuard no_grad;
  for (const auto& [name, tensor] : tensors) {
    const at::Tensor converted = tensor.detach().to(options);
    tensor.mutable_grad().reset();
    tensor.set_data(converted);
  }
}

}  // namespace

at::Tensor Weights::parameter(const std::string& name, const at::Tensor& initial) {
  TWINSET_CHECK(!is_taken(parameters_, name), name);
  parameters_.emplace_back(name, initial);
  return initial.set_requires_grad(true);
}

at::Tensor Weights::buffer(const std::string& name, const at::Tensor& initial) {
  TWINSET_CHECK(!is_taken(buffers_, name), name);
  buffers_.emplace_back(name, initial);
  return initial;
}

void ModuleEncoder::to_device(const std::string& device) {
  const at::TensorOptions options = at::TensorOptions().device(at::Device(device));
  replace_data(weights_.parameters(), options);
  replace_data(weights_.buffers(), options);
}

void convert_weights(const Encoder& encoder, at::ScalarType type) {
  replace_data(encoder.parameters(), type);
  replace_data(encoder.buffers(), type);
}

at::Tensor image_input(const EncoderInput& input, const at::Tensor& weight, const char* encoder) {
  const at::Tensor& images = input.images;
  if (!images.defined()) {
    throw ShapeError({.where = encoder,
                      .what = "the batch has no images",
                      .expected = "[B, 3, H, W]",
                      .todo = "choose an encoder that reads titles, or a data set with images"});
  }
  if (images.dim() != 4 || images.size(1) != 3) {
    throw ShapeError(
        {.where = encoder,
         .what = fmt::format("images have the shape [{}]", fmt::join(images.sizes(), ", ")),
         .expected = "[B, 3, H, W]",
         .todo = ""});
  }
  return at::autocast::is_autocast_enabled(images.device().type())
             ? images
             : images.to(weight.scalar_type());
}

at::Tensor token_input(const EncoderInput& input, int64_t context_length, const char* encoder) {
  const at::Tensor& tokens = input.tokens;
  if (!tokens.defined()) {
    throw ShapeError({.where = encoder,
                      .what = "the batch has no tokens",
                      .expected = "[B, L] int64",
                      .todo = "choose an encoder that reads images, or a data set with titles"});
  }
  if (tokens.dim() != 2 || tokens.scalar_type() != at::kLong || tokens.size(1) < 1 ||
      tokens.size(1) > context_length) {
    throw ShapeError({.where = encoder,
                      .what = fmt::format("tokens are {} [{}]", toString(tokens.scalar_type()),
                                          fmt::join(tokens.sizes(), ", ")),
                      .expected = fmt::format(
                          "int64 [B, L] with L from 1 to the context length of {}", context_length),
                      .todo = ""});
  }
  if (!tokens.is_cpu()) return tokens;
  const at::Tensor rows = tokens.contiguous();
  const int64_t num_texts = rows.size(0), length = rows.size(1);
  const int64_t* ids = rows.const_data_ptr<int64_t>();
  int64_t used = 1;
  for (int64_t text = 0; text < num_texts; ++text) {
    int64_t end = length;
    while (end > used && ids[text * length + end - 1] == Tokenizer::kPad) --end;
    used = std::max(used, end);
  }
  return rows.narrow(1, 0, used);
}

}  // namespace twinset
