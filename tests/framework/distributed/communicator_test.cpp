#include "framework/distributed/communicator.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <thread>

#include "framework/core/error.h"
#include "framework/distributed/gather_rows.h"
#include "tests/testing/ranks.h"

namespace twinset {
namespace {

using testing::join_ranks;
using testing::run_as_ranks;

const at::TensorOptions kDouble = at::TensorOptions().dtype(at::kDouble);

TEST(Communicator, SharesAreAllRowsAndDifferByOneAtMost) {
  for (int64_t total : {0, 1, 5, 8, 17}) {
    int64_t next = 0;
    for (int64_t rank = 0; rank < 4; ++rank) {
      const RowRange share = rank_share(total, rank, 4);
      EXPECT_EQ(share.begin, next);
      EXPECT_LE(std::abs(share.size() - total / 4), 1);
      next = share.end;
    }
    EXPECT_EQ(next, total);
  }
}

TEST(Communicator, ASingleProcessChangesNothing) {
  const at::Tensor tensor = at::ones({2, 3}, kDouble).set_requires_grad(true);
  EXPECT_TRUE(gather_rows(single_process(), tensor, GatherGradient::kSharedLoss).is_same(tensor));
  EXPECT_EQ(single_process().make_reducer({{"w", tensor}}), nullptr);
}

TEST(Communicator, CollectivesOfFourRanks) {
  if (run_as_ranks(4)) return;
  const auto ranks = join_ranks();
  const int64_t rank = ranks->rank();
  ASSERT_EQ(ranks->world_size(), 4);
  for (const at::ScalarType type : {at::kDouble, at::kFloat, at::kBFloat16, at::kLong}) {
    const at::Tensor sum = at::full({3}, rank + 1, at::TensorOptions().dtype(type));
    ranks->sum(sum);
    EXPECT_TRUE(sum.eq(10).all().item<bool>()) << c10::toString(type);
  }
  const at::Tensor transposed = at::full({2, 3}, rank + 1, kDouble).t();
  ranks->sum(transposed);
  EXPECT_TRUE(transposed.eq(10).all().item<bool>());
  const at::Tensor copied = at::full({2}, rank, kDouble);
  ranks->broadcast(copied);
  EXPECT_TRUE(copied.eq(0).all().item<bool>());
  EXPECT_EQ(ranks->broadcast(rank == 0 ? std::string("folder a") : std::string("b")), "folder a");
  EXPECT_EQ(ranks->broadcast(std::string()), "");
  // Rank r has r rows.
  const at::Tensor rows = ranks->gather_rows(at::full({rank, 2}, rank, kDouble));
  ASSERT_EQ(rows.sizes(), (std::vector<int64_t>{6, 2}));
  EXPECT_TRUE(rows.select(1, 1).equal(at::tensor({1.0, 2.0, 2.0, 3.0, 3.0, 3.0}, kDouble)));
  EXPECT_EQ(ranks->gather_rows(at::zeros({0, 2})).size(0), 0);
  const auto numbers = ranks->gather(std::vector<int64_t>(static_cast<size_t>(rank), 7));
  for (size_t r = 0; r < 4; ++r) EXPECT_EQ(numbers[r], std::vector<int64_t>(r, 7));
  bool worked = false;
  ranks->run_on_main("work", [&] { worked = true; });
  EXPECT_EQ(worked, rank == 0);
}

// sum over ranks and rows of (c_r * x)^2: with one shared loss, and with each rank's own.
TEST(Communicator, GradientsOfGatheredRows) {
  if (run_as_ranks(3)) return;
  const auto ranks = join_ranks();
  const int64_t rank = ranks->rank();
  const auto own_rows = [&] {
    return (at::arange(2 * (rank + 1), kDouble).view({rank + 1, 2}) + static_cast<double>(rank))
        .set_requires_grad(true);
  };
  const at::Tensor shared = own_rows();
  const at::Tensor all = gather_rows(*ranks, shared, GatherGradient::kSharedLoss);
  EXPECT_EQ(all.size(0), 6);
  all.mul(all).sum().backward();
  EXPECT_TRUE(shared.grad().equal(shared.detach() * 2));
  const at::Tensor summed = own_rows();
  const at::Tensor gathered = gather_rows(*ranks, summed, GatherGradient::kSumOfLosses);
  (gathered * gathered).sum().mul(static_cast<double>(rank + 1)).backward();
  EXPECT_TRUE(summed.grad().equal(summed.detach() * 12)) << "weights 1 + 2 + 3";
  const at::Tensor term = at::ones({2}, kDouble).set_requires_grad(true);
  const at::Tensor total =
      sum_over_ranks(*ranks, term * static_cast<double>(rank + 1), GatherGradient::kSharedLoss);
  EXPECT_TRUE(total.eq(6).all().item<bool>());
  total.sum().backward();
  EXPECT_TRUE(term.grad().eq(static_cast<double>(rank + 1)).all().item<bool>());
}

TEST(Communicator, ShapesThatDifferAreAnErrorOnEveryRank) {
  if (run_as_ranks(2)) return;
  const auto ranks = join_ranks();
  const std::string other = ranks->rank() == 0 ? "1" : "0";
  try {
    ranks->gather_rows(at::zeros({4, 3 + ranks->rank()}));
    FAIL();
  } catch (const ShapeError& error) {
    EXPECT_THAT(error.what(),
                ::testing::HasSubstr("rank " + std::to_string(ranks->rank()) +
                                     " of 2, gather of rows: the tensor is Float [4, "));
    EXPECT_THAT(error.what(),
                ::testing::HasSubstr("on rank " + other +
                                     ", expected the same but for the number of rows"));
  }
  EXPECT_THROW(ranks->sum(ranks->rank() == 0 ? at::zeros({2}, kDouble) : at::zeros({2})),
               ShapeError);
  const at::Tensor still_works = at::ones({1});
  ranks->sum(still_works);
  EXPECT_EQ(still_works.item<double>(), 2);
}

TEST(Communicator, TheReducerMeansGradientsAndAddsUpBefore) {
  if (run_as_ranks(2)) return;
  const auto ranks = join_ranks();
  const double x = static_cast<double>(ranks->rank() + 1);
  const at::Tensor used = at::ones({3}, kDouble).set_requires_grad(true),
                   sometimes = at::ones({2}, kDouble).set_requires_grad(true),
                   never = at::ones({1}, kDouble).set_requires_grad(true);
  const auto reducer =
      ranks->make_reducer({{"used", used}, {"sometimes", sometimes}, {"never", never}});
  for (int step = 0; step < 3; ++step) {
    for (const at::Tensor& parameter : {used, sometimes, never}) parameter.mutable_grad().reset();
    (used * x).sum().backward();  // not reduced
    const at::Tensor output =
        ranks->rank() == 1 ? (used * x).sum() + sometimes.sum() : (used * x).sum();
    reducer->prepare({output});
    output.backward();
    EXPECT_TRUE(used.grad().eq(3).all().item<bool>()) << "the mean of 1 + 1 and 2 + 2";
    EXPECT_TRUE(sometimes.grad().eq(0.5).all().item<bool>());
    EXPECT_FALSE(never.grad().defined());
  }
}

// What a rank says when another one is killed, fails or is stopped.
class LostRank : public ::testing::TestWithParam<std::string> {};

TEST_P(LostRank, IsNamedByTheOthersWithinTheTimeOut) {
  if (!testing::is_a_rank()) {
    const auto begin = std::chrono::steady_clock::now();
    const testing::RanksOutcome outcome = testing::start_ranks(3);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(60));
    EXPECT_EQ(outcome.status, GetParam() == "killed" ? 128 + SIGKILL : 3) << outcome.output;
    EXPECT_THAT(outcome.output, ::testing::HasSubstr("[0] rank 0 of 3, sum: rank 1 (pid "));
    EXPECT_THAT(outcome.output, ::testing::HasSubstr("[2] rank 2 of 3, sum: rank 1 (pid "));
    EXPECT_THAT(outcome.output,
                ::testing::HasSubstr(GetParam() == "killed"
                                         ? " is gone, expected every rank"
                                         : " failed: the data are bad, expected every rank"));
    return;
  }
  ::signal(SIGTERM, SIG_IGN);  // the launcher ends the others politely: here they shall speak first
  const auto ranks = join_ranks(30);
  try {
    ranks->sum(at::ones({4}));
    if (ranks->rank() == 1) {
      if (GetParam() == "killed") ::raise(SIGKILL);
      ranks->report_failure("the data are bad");
      ::_exit(3);
    }
    ranks->sum(at::ones({4}));
    std::puts("no error");
  } catch (const SystemError& error) {
    std::puts(error.what());
  }
}
INSTANTIATE_TEST_SUITE_P(Ways, LostRank, ::testing::Values("killed", "failed"),
                         [](const auto& parameter) { return parameter.param; });

}  // namespace
}  // namespace twinset
