#include "tests/framework/encoders/encoder_testing.h"

#include <ATen/Context.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/randn_like.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <set>

#include "framework/checkpoints/safetensors.h"
#include "framework/encoders/convert.h"

namespace twinset::testing {

Golden::Golden(const std::string& name) {
  for (const auto& [key, tensor] :
       load_safetensors("tests/framework/encoders/golden/" + name + ".safetensors").tensors)
    tensors_[key] = tensor;
}

const at::Tensor& Golden::at(const std::string& name) const {
  const auto found = tensors_.find(name);
  if (found == tensors_.end()) throw std::out_of_range("the golden file has no " + name);
  return found->second;
}

void Golden::load_weights(const Encoder& encoder) const {
  const at::NoGradGuard no_grad;
  std::set<std::string> left;
  for (const auto& [key, tensor] : tensors_) {
    if (key.starts_with("weight.")) left.insert(key);
  }
  NamedTensors all = encoder.parameters();
  for (const auto& entry : encoder.buffers()) all.push_back(entry);
  for (const auto& [name, tensor] : all) {
    ASSERT_EQ(left.erase("weight." + name), 1u) << name;
    ASSERT_EQ(tensor.sizes(), at("weight." + name).sizes()) << name;
    tensor.copy_(at("weight." + name));
  }
  EXPECT_TRUE(left.empty()) << *left.begin();
}

EncoderInput Golden::input(at::ScalarType type) const {
  EncoderInput input;
  if (tensors_.contains("input.images")) input.images = at("input.images").to(type);
  if (tensors_.contains("input.tokens")) input.tokens = at("input.tokens");
  return input;
}

double relative_error(const at::Tensor& actual, const at::Tensor& expected) {
  const at::Tensor a = actual.detach().to(at::kDouble), e = expected.detach().to(at::kDouble);
  if (a.sizes() != e.sizes()) return INFINITY;
  return a.sub(e).abs().max().item<double>() / std::max(1e-3, e.abs().max().item<double>());
}

void expect_gradients(const Encoder& encoder, const Golden& golden, double tolerance) {
  for (const auto& [name, tensor] : encoder.parameters()) {
    ASSERT_TRUE(tensor.grad().defined()) << name;
    EXPECT_LT(relative_error(tensor.grad(), golden.at("weight_gradient." + name)), tolerance)
        << name;
  }
}

void expect_differentiable(Encoder& encoder, EncoderInput input, double tolerance) {
  convert_weights(encoder, at::kDouble);
  if (input.images.defined()) input.images = input.images.to(at::kDouble);
  const at::Tensor output = encoder.forward(input);
  ASSERT_EQ(output.scalar_type(), at::kDouble);
  const at::Tensor weights = at::randn_like(output.detach());
  output.mul(weights).sum().backward();
  const at::NoGradGuard no_grad;
  const auto loss = [&] { return encoder.forward(input).mul(weights).sum().item<double>(); };
  for (const auto& [name, parameter] : encoder.parameters()) {
    ASSERT_TRUE(parameter.grad().defined()) << name;
    const at::Tensor direction = at::randn_like(parameter.detach());
    const at::Tensor weight = parameter, before = parameter.detach().clone();
    const auto slope = [&](double step) {
      weight.copy_(before.add(direction, step));
      const double above = loss();
      weight.copy_(before.sub(direction, step));
      const double below = loss();
      weight.copy_(before);
      return (above - below) / (2 * step);
    };
    const double actual = parameter.grad().mul(direction).sum().item<double>();
    const auto is_near = [&](double expected) {
      return std::abs(actual - expected) <= tolerance * std::max(1.0, std::abs(expected));
    };
    // A step may cross the kink of a ReLU, which a shorter one does not; a wrong gradient fails
    // all.
    const double expected = slope(1e-6);
    EXPECT_TRUE(is_near(expected) || is_near(slope(1e-7)) || is_near(slope(3e-8)))
        << name << ": " << actual << ", expected " << expected;
  }
}

void seed_torch(uint64_t seed) {
  at::Generator generator = at::globalContext().defaultGenerator(at::kCPU);
  generator.set_current_seed(seed);
}

at::Tensor random_tokens(int64_t texts, int64_t length, int64_t vocabulary) {
  at::Tensor tokens = at::zeros({texts, length}, at::kLong);
  for (int64_t i = 0; i < texts; ++i) {
    const int64_t inner = i % (length - 1);
    tokens[i][0] = 1;
    tokens[i].narrow(0, 1, inner).copy_(at::randint(3, vocabulary, {inner}, at::kLong));
    tokens[i][inner + 1] = 2;
  }
  return tokens;
}

}  // namespace twinset::testing
