#include "framework/encoders/linear.h"

#include <ATen/autocast_mode.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/randn.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <vector>

#include "tests/framework/encoders/encoder_testing.h"

namespace twinset {
namespace {

struct Operands {
  at::Tensor x, weight, bias;
  std::vector<at::Tensor> all() const { return {x, weight, bias}; }
  Operands to(at::ScalarType type) const {
    const auto cast = [&](const at::Tensor& tensor) {
      return tensor.detach().to(type, false, true).set_requires_grad(true);
    };
    return {cast(x), cast(weight), cast(bias)};
  }
};

Operands operands(at::IntArrayRef rows, int64_t inputs, int64_t outputs) {
  std::vector<int64_t> shape(rows.begin(), rows.end());
  shape.push_back(inputs);
  testing::seed_torch(static_cast<uint64_t>(inputs + outputs));
  return Operands{at::randn(shape), at::randn({outputs, inputs}), at::randn({outputs})}.to(
      at::kFloat);
}

// Value and gradients against at::linear in float64, whose gradients are libtorch's own.
void expect_linear(const Operands& o) {
  const Operands exact = o.to(at::kDouble);
  const at::Tensor y = linear(o.x, o.weight, o.bias),
                   expected = at::linear(exact.x, exact.weight, exact.bias);
  EXPECT_EQ(y.sizes(), expected.sizes());
  EXPECT_EQ(y.scalar_type(), at::kFloat);
  EXPECT_LT(testing::relative_error(y, expected), 1e-6);
  const at::Tensor upstream = at::randn(y.sizes());
  const auto actual = torch::autograd::grad({y}, o.all(), {upstream});
  const auto wanted = torch::autograd::grad({expected}, exact.all(), {upstream.to(at::kDouble)});
  for (size_t i = 0; i < actual.size(); ++i) {
    EXPECT_EQ(actual[i].sizes(), wanted[i].sizes()) << i;
    EXPECT_LT(testing::relative_error(actual[i], wanted[i]), 2e-6) << i;
  }
}

TEST(Linear, IsFloat64sOfAnyShape) {
  expect_linear(operands({7}, 5, 3));
  expect_linear(operands({64, 65}, 192, 576));
  expect_linear(operands({2, 3, 4}, 33, 1));
  expect_linear(operands({1}, 1, 1));
  expect_linear(operands({1000}, 768, 17));
}

TEST(Linear, TakesViews) {
  const Operands o = operands({6, 4}, 10, 9);
  const at::Tensor x = o.x.transpose(0, 1), weight = o.weight.narrow(0, 3, 5),
                   bias = o.bias.narrow(0, 3, 5);
  const at::Tensor y = linear(x, weight, bias);
  EXPECT_LT(testing::relative_error(y, at::linear(x, weight, bias)), 1e-6);
  y.sum().backward();
  EXPECT_EQ(o.weight.grad().narrow(0, 0, 3).abs().sum().item<float>(), 0);
  EXPECT_EQ(o.x.grad().sizes(), o.x.sizes());
}

TEST(Linear, GivesNoGradientWhereNoneIsWanted) {
  const Operands o = operands({6}, 5, 4);
  linear(o.x.detach(), o.weight, o.bias.detach()).sum().backward();
  EXPECT_TRUE(o.weight.grad().defined());
  EXPECT_FALSE(o.x.grad().defined());
  EXPECT_FALSE(o.bias.grad().defined());
  const at::NoGradGuard no_grad;
  EXPECT_FALSE(linear(o.x, o.weight, o.bias).requires_grad());
}

TEST(Linear, HasSecondDerivatives) {
  const Operands o = operands({6}, 5, 4), exact = o.to(at::kDouble);
  const auto penalty_gradient = [](const Operands& p, const at::Tensor& y) {
    const at::Tensor first = torch::autograd::grad({y.pow(2).sum()}, {p.x}, {}, true, true)[0];
    return torch::autograd::grad({first.pow(2).sum()}, {p.weight})[0];
  };
  EXPECT_LT(testing::relative_error(
                penalty_gradient(o, linear(o.x, o.weight, o.bias)),
                penalty_gradient(exact, at::linear(exact.x, exact.weight, exact.bias))),
            1e-5);
}

TEST(Linear, EverythingButFloat32IsLibtorchs) {
  const Operands o = operands({6}, 8, 4), exact = o.to(at::kDouble);
  EXPECT_TRUE(at::equal(linear(exact.x, exact.weight, exact.bias),
                        at::linear(exact.x, exact.weight, exact.bias)));
  const at::Tensor none = at::randn({0, 8});
  EXPECT_EQ(linear(none, o.weight, o.bias).sizes(), at::IntArrayRef({0, 4}));
  at::autocast::set_autocast_enabled(at::kCPU, true);
  const at::Tensor y = linear(o.x, o.weight, o.bias);
  const at::Tensor expected = at::linear(o.x, o.weight, o.bias);
  at::autocast::clear_cache();
  at::autocast::set_autocast_enabled(at::kCPU, false);
  EXPECT_EQ(y.scalar_type(), at::kBFloat16);
  EXPECT_TRUE(at::equal(y, expected));
}

}  // namespace
}  // namespace twinset
