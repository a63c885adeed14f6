// NCCL between the GPUs of this machine: the same calls as communicator_test.cpp, on CUDA tensors.
#include <ATen/TensorOperators.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "framework/distributed/gather_rows.h"
#include "framework/distributed/group_communicator.h"
#include "framework/kernels/cuda_library.h"
#include "tests/testing/ranks.h"

namespace twinset {
namespace {

// All that one GPU can show: NCCL is found, meets, and runs the collectives and the reducer.
TEST(Nccl, OneRankGetsBackWhatItGave) {
  if (!load_cuda()) GTEST_SKIP() << "no GPU, or built without CUDA";
  LaunchEnvironment environment;
  environment.store_host = "127.0.0.1";
  environment.store_port = 29517;
  environment.store_prefix = "nccl_test/";
  const auto ranks = make_group_communicator(environment, {}, "cuda:0");
  const auto on_gpu = at::TensorOptions().dtype(at::kFloat).device(at::kCUDA);
  const at::Tensor sum = at::full({5}, 2.0, on_gpu);
  ranks->sum(sum);
  EXPECT_TRUE(sum.eq(2).all().item<bool>());
  ranks->broadcast(sum);
  EXPECT_TRUE(sum.eq(2).all().item<bool>());
  const at::Tensor weight = at::ones({3}, on_gpu).set_requires_grad(true);
  const auto reducer = ranks->make_reducer({{"weight", weight}});
  const at::Tensor output = (weight * 3).sum();
  reducer->prepare({output});
  output.backward();
  EXPECT_TRUE(weight.grad().eq(3).all().item<bool>());
}

TEST(Nccl, TwoRanksSumGatherAndReduce) {
  if (!load_cuda()) GTEST_SKIP() << "no GPU, or built without CUDA";
  if (c10::impl::VirtualGuardImpl(c10::DeviceType::CUDA).deviceCount() < 2)
    GTEST_SKIP() << "NCCL takes one GPU a rank, and there is one";
  if (testing::run_as_ranks(2)) return;
  const LaunchEnvironment environment = read_launch_environment();
  const std::string device = fmt::format("cuda:{}", environment.local_rank);
  const auto ranks = make_communicator(environment, {}, device);
  const auto on_gpu = at::TensorOptions().dtype(at::kFloat).device(at::Device(device));
  const double rank = static_cast<double>(ranks->rank());
  const at::Tensor sum = at::full({5}, rank + 1, on_gpu);
  ranks->sum(sum);
  EXPECT_TRUE(sum.eq(3).all().item<bool>());
  const at::Tensor copied = at::full({5}, rank, on_gpu);
  ranks->broadcast(copied);
  EXPECT_TRUE(copied.eq(0).all().item<bool>());
  const at::Tensor rows = at::full({ranks->rank() + 1, 2}, rank, on_gpu).set_requires_grad(true);
  const at::Tensor all = gather_rows(*ranks, rows, GatherGradient::kSharedLoss);
  EXPECT_EQ(all.size(0), 3);
  all.sum().backward();
  EXPECT_TRUE(rows.grad().eq(1).all().item<bool>());
  const at::Tensor weight = at::ones({3}, on_gpu).set_requires_grad(true);
  const auto reducer = ranks->make_reducer({{"weight", weight}});
  const at::Tensor output = (weight * (rank + 1)).sum();
  reducer->prepare({output});
  output.backward();
  EXPECT_TRUE(weight.grad().eq(1.5).all().item<bool>());
}

}  // namespace
}  // namespace twinset
