#include "framework/optim/gradients.h"

#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

namespace twinset {
namespace {

NamedTensors parameters_with_gradients() {
  const at::TensorOptions options = at::TensorOptions().dtype(at::kDouble);
  NamedTensors parameters = {{"a", at::zeros({2}, options)},
                             {"b", at::zeros({1}, options)},
                             {"no_gradient", at::zeros({3}, options)}};
  parameters[0].second.mutable_grad() = at::tensor({3.0, 0.0}, options);
  parameters[1].second.mutable_grad() = at::tensor({4.0}, options);
  return parameters;
}

TEST(Gradients, NormIsEuclideanOverAllTensors) {
  EXPECT_DOUBLE_EQ(gradient_norm(parameters_with_gradients()).item<double>(), 5.0);
  EXPECT_EQ(gradient_norm({}).item<double>(), 0.0);
}

TEST(Gradients, ClippingScalesToTheBoundAndOnlyDown) {
  const NamedTensors parameters = parameters_with_gradients();
  clip_gradients(parameters, 5.0, 10.0);
  EXPECT_DOUBLE_EQ(gradient_norm(parameters).item<double>(), 5.0);
  clip_gradients(parameters, 5.0, 1.0);
  EXPECT_DOUBLE_EQ(gradient_norm(parameters).item<double>(), 1.0);
  EXPECT_DOUBLE_EQ(parameters[0].second.grad()[0].item<double>(), 0.6);
}

TEST(Gradients, ResetDropsThem) {
  const NamedTensors parameters = parameters_with_gradients();
  reset_gradients(parameters);
  EXPECT_FALSE(parameters[0].second.grad().defined());
}

}  // namespace
}  // namespace twinset
