#include "framework/optim/adamw.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include <cmath>

#include "framework/core/random.h"
#include "framework/optim/parameter_groups.h"

namespace twinset {
namespace {

at::Tensor random_parameter(at::IntArrayRef shape, uint64_t seed) {
  CounterRandom random({.seed = seed, .purpose = "parameter"});
  int64_t size = 1;
  for (int64_t n : shape) size *= n;
  std::vector<double> values;
  for (int64_t i = 0; i < size; ++i) values.push_back(random.normal());
  return at::tensor(at::ArrayRef<double>(values), at::TensorOptions().dtype(at::kDouble))
      .view(shape)
      .set_requires_grad(true);
}

std::vector<double> flat(const at::Tensor& tensor) {
  const at::Tensor t = tensor.detach().contiguous();
  return {t.const_data_ptr<double>(), t.const_data_ptr<double>() + t.numel()};
}

TEST(AdamW, MatchesNaiveLoop) {
  const at::Tensor matrix = random_parameter({3, 4}, 1), bias = random_parameter({4}, 2);
  const AdamWOptions options{.beta1 = 0.9, .beta2 = 0.98, .epsilon = 1e-6, .weight_decay = 0.1};
  const auto optimizer = make_adamw(options, decay_groups({{"matrix", matrix}, {"bias", bias}}));
  struct Naive {
    std::vector<double> value, mean, square;
    double decay;
  };
  std::vector<Naive> naive;
  for (const at::Tensor& parameter : {matrix, bias}) {
    naive.push_back({flat(parameter), std::vector<double>(static_cast<size_t>(parameter.numel())),
                     std::vector<double>(static_cast<size_t>(parameter.numel())),
                     parameter.dim() > 1 ? 0.1 : 0.0});
  }
  for (int t = 1; t <= 5; ++t) {
    const double lr = 0.01 * t;
    for (const at::Tensor& parameter : {matrix, bias})
      parameter.mutable_grad() = (parameter.detach() * 2.0 + 0.5 * t);
    for (Naive& n : naive) {
      for (size_t k = 0; k < n.value.size(); ++k) {
        const double g = n.value[k] * 2.0 + 0.5 * t;
        n.mean[k] = 0.9 * n.mean[k] + 0.1 * g;
        n.square[k] = 0.98 * n.square[k] + 0.02 * g * g;
        n.value[k] -= lr * n.decay * n.value[k];
        n.value[k] -= lr * (n.mean[k] / (1 - std::pow(0.9, t))) /
                      (std::sqrt(n.square[k] / (1 - std::pow(0.98, t))) + 1e-6);
      }
    }
    optimizer->step(lr);
  }
  const std::vector<double> got_matrix = flat(matrix), got_bias = flat(bias);
  for (size_t k = 0; k < got_matrix.size(); ++k)
    EXPECT_NEAR(got_matrix[k], naive[0].value[k], 1e-12);
  for (size_t k = 0; k < got_bias.size(); ++k) EXPECT_NEAR(got_bias[k], naive[1].value[k], 1e-12);
  EXPECT_EQ(optimizer->num_steps(), 5);
}

TEST(AdamW, LeavesParametersWithoutGradientAlone) {
  const at::Tensor used = random_parameter({2, 2}, 3), unused = random_parameter({2, 2}, 4);
  const std::vector<double> before = flat(unused);
  const auto optimizer = make_adamw({}, decay_groups({{"used", used}, {"unused", unused}}));
  used.mutable_grad() = used.detach().clone();
  optimizer->step(0.1);
  EXPECT_EQ(flat(unused), before);
}

TEST(AdamW, StateHasTwoTensorsAParameterUnderItsName) {
  const auto optimizer = make_adamw({}, decay_groups({{"w", random_parameter({2, 2}, 5)}}));
  const NamedTensors state = optimizer->state();
  ASSERT_EQ(state.size(), 2u);
  EXPECT_EQ(state[0].first, "adamw.w.mean");
  EXPECT_EQ(state[1].first, "adamw.w.square");
}

TEST(ParameterGroups, OnlyMatricesAndFiltersAreDecayed) {
  const auto groups =
      decay_groups({{"w", random_parameter({2, 2}, 6)}, {"b", random_parameter({2}, 7)}});
  ASSERT_EQ(groups.size(), 2u);
  EXPECT_EQ(groups[0].parameters[0].first, "w");
  EXPECT_TRUE(groups[0].has_weight_decay);
  EXPECT_EQ(groups[1].parameters[0].first, "b");
  EXPECT_FALSE(groups[1].has_weight_decay);
}

}  // namespace
}  // namespace twinset
