#include "framework/kernels/batch_norm_relu.h"

#include <ATen/Parallel.h>
#include <ATen/ops/batch_norm.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace twinset {
namespace {

struct Inputs {
  at::Tensor x, residual, weight, bias, running_mean, running_var, gradient;
};

// C channels, more rows than one task has, values off zero and of unequal scale.
Inputs make_inputs(int64_t channels, at::ScalarType type) {
  const auto image = [&] {
    return at::randn({5, channels, 31, 33}).contiguous(at::MemoryFormat::ChannelsLast);
  };
  Inputs in;
  in.x = image()
             .mul(at::rand({channels, 1, 1}).add(0.1))
             .add(at::randn({channels, 1, 1}, at::kFloat).mul(3))
             .to(type);
  in.residual = image().to(type);
  in.gradient = image().to(type);
  in.weight = at::randn({channels});
  in.bias = at::randn({channels});
  in.running_mean = at::randn({channels});
  in.running_var = at::rand({channels}).add(0.5);
  return in;
}

struct Result {
  at::Tensor y;
  std::vector<at::Tensor>
      rest;  // running_mean, running_var, gradients of x, weight, bias, residual
};

template <class F>
Result evaluate(const Inputs& in, at::ScalarType type, at::ScalarType weight_type,
                bool has_residual, F f) {
  const auto leaf = [](const at::Tensor& tensor, at::ScalarType to) {
    return tensor.to(to).clone().contiguous(tensor.suggest_memory_format()).requires_grad_(true);
  };
  const at::Tensor x = leaf(in.x, type), weight = leaf(in.weight, weight_type),
                   bias = leaf(in.bias, weight_type);
  const at::Tensor residual = has_residual ? leaf(in.residual, type) : at::Tensor();
  const at::Tensor mean = in.running_mean.to(weight_type).clone(),
                   var = in.running_var.to(weight_type).clone();
  const at::Tensor y = f(x, residual, weight, bias, mean, var);
  y.mul(in.gradient.to(type)).sum().backward();
  Result result{y.detach(), {mean, var, x.grad(), weight.grad(), bias.grad()}};
  if (has_residual) result.rest.push_back(residual.grad());
  return result;
}

// Of the largest expected value, or of `scale` where that is smaller: all may be zero when the
// clamp takes a whole channel, and the gradients of weight and bias are sums of terms of size 1,
// which may cancel.
double relative_error(const at::Tensor& actual, const at::Tensor& expected, double scale) {
  const at::Tensor difference = actual.to(at::kDouble).sub(expected.to(at::kDouble));
  return difference.abs().max().item<double>() /
         std::max(scale, expected.abs().max().item<double>());
}

// Torch's own operators in float64.
Result oracle(const Inputs& in, bool has_residual, bool is_clamped) {
  return evaluate(in, at::kDouble, at::kDouble, has_residual,
                  [&](const auto& x, const auto& residual, const auto& weight, const auto& bias,
                      const auto& mean, const auto& var) {
                    at::Tensor y =
                        at::batch_norm(x, weight, bias, mean, var, true, 0.1, 1e-5, false);
                    if (residual.defined()) y = y.add(residual);
                    return is_clamped ? y.relu() : y;
                  });
}

// Takes the gradient from values so near the clamp that rounding decides their side: either side is
// right there.
void leave_out_the_edge(Inputs& in, bool has_residual) {
  const at::Tensor before = oracle(in, has_residual, false).y;
  in.gradient.masked_fill_(before.abs().lt(1e-4), 0.0);
}

void check(int64_t channels, at::ScalarType type, double tolerance) {
  for (const bool has_residual : {false, true}) {
    for (const bool is_clamped : {false, true}) {
      Inputs in = make_inputs(channels, type);
      if (is_clamped) leave_out_the_edge(in, has_residual);
      const Result expected = oracle(in, has_residual, is_clamped);
      const Result actual =
          evaluate(in, type, at::kFloat, has_residual,
                   [&](const auto& x, const auto& residual, const auto& weight, const auto& bias,
                       const auto& mean, const auto& var) {
                     return batch_norm_relu(x, residual, weight, bias, mean, var, is_clamped);
                   });
      EXPECT_EQ(actual.y.scalar_type(), type);
      EXPECT_TRUE(actual.y.is_contiguous(at::MemoryFormat::ChannelsLast));
      EXPECT_LT(relative_error(actual.y, expected.y, 1.0), tolerance);
      const double terms = static_cast<double>(in.x.numel() / channels);
      for (size_t i = 0; i < expected.rest.size(); ++i) {
        const bool is_sum = i == 3 || i == 4;
        EXPECT_LT(relative_error(actual.rest[i], expected.rest[i], is_sum ? std::sqrt(terms) : 0.1),
                  tolerance)
            << i << " channels " << channels << " clamped " << is_clamped;
      }
    }
  }
}

TEST(BatchNormRelu, MatchesTheOperatorsInFloat64) {
  for (const int64_t channels : {1, 7, 70}) check(channels, at::kFloat, 2e-5);
}

TEST(BatchNormRelu, InBFloat16RoundsOnce) {
  for (const int64_t channels : {64}) check(channels, at::kBFloat16, 1.0 / 128);
}

TEST(BatchNormRelu, IsTheSameForAnyNumberOfThreads) {
  const Inputs in = make_inputs(16, at::kFloat);
  const auto run = [&] {
    return evaluate(in, at::kFloat, at::kFloat, true,
                    [](const auto& x, const auto& residual, const auto& weight, const auto& bias,
                       const auto& mean, const auto& var) {
                      return batch_norm_relu(x, residual, weight, bias, mean, var);
                    });
  };
  const int threads = at::get_num_threads();
  at::set_num_threads(1);
  const Result one = run();
  at::set_num_threads(3);
  const Result three = run();
  at::set_num_threads(threads);
  EXPECT_TRUE(at::equal(one.y, three.y));
  for (size_t i = 0; i < one.rest.size(); ++i)
    EXPECT_TRUE(at::equal(one.rest[i], three.rest[i])) << i;
}

TEST(BatchNormRelu, KeepsNotANumber) {
  Inputs in = make_inputs(2, at::kFloat);
  in.x[0][0][0][0] = NAN;
  const at::Tensor y =
      batch_norm_relu(in.x, {}, in.weight, in.bias, in.running_mean, in.running_var);
  EXPECT_TRUE(std::isnan(y[1][0][0][0].item<float>()));
}

}  // namespace
}  // namespace twinset
