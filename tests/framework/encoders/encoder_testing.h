// What the tests of encoders share: golden files, inputs, and loss with gradients.
#pragma once

#include <ATen/core/Tensor.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "framework/encoders/encoder.h"

namespace twinset::testing {

/// The tensors of golden/<name>.safetensors.
class Golden {
 public:
  explicit Golden(const std::string& name);
  const at::Tensor& at(const std::string& name) const;
  /// Copies "weight.*" into parameters and buffers; each must be there, and nothing else.
  void load_weights(const Encoder& encoder) const;
  /// The file's images and tokens, as far as it has them; images in the type `type`.
  EncoderInput input(at::ScalarType type = at::kFloat) const;

 private:
  std::map<std::string, at::Tensor> tensors_;
};

/// Largest difference over the largest expected magnitude (at least 1e-3).
double relative_error(const at::Tensor& actual, const at::Tensor& expected);

/// Compares every parameter's gradient with "weight_gradient.<name>".
void expect_gradients(const Encoder& encoder, const Golden& golden, double tolerance);

/// Central differences along a random direction of each parameter, in float64, against the gradient
/// of sum(output * random). Converts the encoder to float64.
void expect_differentiable(Encoder& encoder, EncoderInput input, double tolerance = 1e-6);

/// Sets torch's default generator.
void seed_torch(uint64_t seed);

/// Texts of 2 to `length` tokens: start, ids below `vocabulary`, end, padding.
at::Tensor random_tokens(int64_t texts, int64_t length, int64_t vocabulary);

/// The message of the Error that `f` throws, or "".
template <class F>
std::string message_of(F f) {
  try {
    f();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace twinset::testing
