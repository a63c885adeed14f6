#include "framework/optim/muon.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/diag_embed.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/linalg_svd.h>
#include <ATen/ops/linspace.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros_like.h>
#include <gtest/gtest.h>

#include <cmath>

#include "framework/optim/parameter_groups.h"

namespace twinset {
namespace {

const at::TensorOptions kDoubles = at::TensorOptions().dtype(at::kDouble);

TEST(Orthogonalize, PutsSingularValuesNearOneAndKeepsTheVectors) {
  for (const auto& [rows, columns] : {std::pair{6, 20}, std::pair{20, 6}, std::pair{8, 8}}) {
    // Random singular vectors; values from 2 to 0.4, since five iterations don't lift one that is
    // nearly zero.
    const auto [u, random_s, vh] = at::linalg_svd(at::randn({rows, columns}, kDoubles), false);
    const at::Tensor matrix =
        u.mm(at::diag_embed(at::linspace(2.0, 0.4, u.size(1), kDoubles))).mm(vh);
    const at::Tensor result = orthogonalize(matrix, 5);
    // U^T result V is diagonal: the singular vectors are those of the matrix.
    const at::Tensor rotated = u.t().mm(result).mm(vh.t());
    const at::Tensor diagonal = rotated.diagonal();
    EXPECT_LT((rotated - at::diag_embed(diagonal)).abs().max().item<double>(), 1e-10);
    EXPECT_GT(diagonal.min().item<double>(), 0.3);
    EXPECT_LT(diagonal.max().item<double>(), 1.3);
  }
}

TEST(Orthogonalize, FollowsThePolynomialOnSingularValues) {
  // On a diagonal matrix each iteration acts on the singular values alone.
  const at::Tensor matrix = at::eye(2, kDoubles);
  matrix[1][1].fill_(0.5);
  double values[2] = {1 / std::sqrt(1.25), 0.5 / std::sqrt(1.25)};
  for (double& s : values) {
    for (int i = 0; i < 5; ++i) s = 3.4445 * s - 4.7750 * s * s * s + 2.0315 * std::pow(s, 5);
  }
  const at::Tensor result = orthogonalize(matrix, 5);
  EXPECT_NEAR(result[0][0].item<double>(), values[0], 1e-12);
  EXPECT_NEAR(result[1][1].item<double>(), values[1], 1e-12);
}

TEST(Muon, MatchesTheFormulaOnAFilterAndLeavesTablesToAdamW) {
  at::Tensor filter = at::randn({4, 3, 2, 2}, kDoubles), table = at::randn({5, 3}, kDoubles);
  const at::Tensor start = filter.clone(), table_start = table.clone();
  filter.set_requires_grad(true);
  table.set_requires_grad(true);
  const MuonOptions options{.momentum = 0.9, .update_rms = 0.2, .weight_decay = 0.1};
  const auto optimizer =
      make_muon(options, decay_groups({{"conv", filter}, {"token_embedding", table}}));
  at::Tensor momentum = at::zeros_like(start).reshape({4, 12}),
             expected = start.reshape({4, 12}).clone();
  for (int t = 0; t < 3; ++t) {
    const at::Tensor gradient = at::randn({4, 3, 2, 2}, kDoubles);
    filter.mutable_grad() = gradient;
    table.mutable_grad() = at::randn({5, 3}, kDoubles);
    optimizer->step(0.05);
    const at::Tensor flat = gradient.reshape({4, 12});
    momentum = momentum * 0.9 + flat;
    expected = expected * (1 - 0.05 * 0.1) -
               orthogonalize(flat + momentum * 0.9, 5) * (0.05 * 0.2 * std::sqrt(12.0));
  }
  EXPECT_LT((filter.detach().reshape({4, 12}) - expected).abs().max().item<double>(), 1e-12);
  EXPECT_GT((table.detach() - table_start).abs().max().item<double>(), 0.05)
      << "AdamW moved the table";
  ASSERT_EQ(optimizer->state().size(), 3u);
  EXPECT_EQ(optimizer->state()[2].first, "muon.conv.momentum");
}

}  // namespace
}  // namespace twinset
