#include "framework/losses/info_nce.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/eye.h>

#include <algorithm>
#include <cmath>

#include "framework/losses/sup_con.h"
#include "tests/testing/loss_checks.h"

namespace twinset {
namespace {

using testing::diagonal_candidates;
using testing::unit_rows;

bool contains(std::span<const int64_t> row, int64_t column) {
  return std::find(row.begin(), row.end(), column) != row.end();
}

double naive(const std::vector<std::vector<double>>& cosines, const Candidates& c,
             double temperature, double w) {
  double query_sum = 0, document_sum = 0;
  int rows = 0;
  for (size_t i = 0; i < cosines.size(); ++i) {
    const int64_t t = c.targets[i];
    if (t < 0) continue;
    ++rows;
    const double target = std::exp(cosines[i][static_cast<size_t>(t)] / temperature);
    double row_sum = target, column_sum = target;
    for (size_t j = 0; j < cosines[i].size(); ++j) {
      const auto column = static_cast<int64_t>(j);
      const auto row = static_cast<int64_t>(i);
      if (!contains(c.positives.row(row), column) && !contains(c.excluded.row(row), column)) {
        row_sum += std::exp(cosines[i][j] / temperature);
      }
    }
    for (size_t k = 0; k < cosines.size(); ++k) {
      const auto row = static_cast<int64_t>(k);
      if (!contains(c.positives.row(row), t) && !contains(c.excluded.row(row), t)) {
        column_sum += std::exp(cosines[k][static_cast<size_t>(t)] / temperature);
      }
    }
    query_sum -= std::log(target / row_sum);
    document_sum -= std::log(target / column_sum);
  }
  return rows == 0 ? 0.0 : ((1 - w) * query_sum + w * document_sum) / rows;
}

TEST(InfoNce, MatchesNaiveLoop) {
  for (double w : {0.0, 0.5, 1.0}) {
    const auto loss = make_info_nce({.temperature = {.initial = 0.25}, .document_weight = w});
    testing::expect_matches_naive_loop(*loss, [&](const auto& cosines, const Candidates& c) {
      return naive(cosines, c, 0.25, w);
    });
  }
}

TEST(InfoNce, GradientMatchesDifferences) {
  testing::expect_gradient_matches_differences(*make_info_nce({.temperature = {.initial = 0.5}}));
}

TEST(InfoNce, IsFiniteAtExtremes) {
  testing::expect_finite_at_extremes(*make_info_nce({}));
  testing::expect_finite_at_extremes(*make_info_nce({.temperature = {.initial = 0.01}}));
}

TEST(InfoNce, IsPermutationInvariant) { testing::expect_permutation_invariant(*make_info_nce({})); }

TEST(InfoNce, ExcludedPairsHaveNoInfluence) {
  testing::expect_excluded_pairs_have_no_influence(*make_info_nce({}));
}

TEST(InfoNce, NamesWrongShapes) { testing::expect_shape_errors(*make_info_nce({}), "info_nce"); }

TEST(InfoNce, OnTheDiagonalIsTorchCrossEntropyBothWays) {
  const at::Tensor queries = unit_rows(16, 8, 1);
  const Candidates candidates = diagonal_candidates(16, 8, 2);
  const at::Tensor logits = queries.matmul(candidates.embeddings.t()) / 0.07f;
  const at::Tensor labels = at::arange(16, at::TensorOptions().dtype(at::kLong));
  const at::Tensor expected =
      (at::cross_entropy_loss(logits, labels) + at::cross_entropy_loss(logits.t(), labels)) / 2;
  EXPECT_NEAR(make_info_nce({})->forward(queries, candidates).value.item<double>(),
              expected.item<double>(), 1e-6);
}

TEST(InfoNce, WithOnePositiveARowAndColumnIsSupCon) {
  const at::Tensor queries = unit_rows(9, 8, 3);
  const Candidates candidates = diagonal_candidates(9, 8, 4);
  EXPECT_NEAR(make_info_nce({})->forward(queries, candidates).value.item<double>(),
              make_sup_con({})->forward(queries, candidates).value.item<double>(), 1e-12);
}

// arXiv:2507.09331 leaves the positive out of the sum and weights the sample by 1 - P(positive):
// the gradient of InfoNCE whose positive is left uncorrected, if P is estimated from the same
// candidates.
TEST(InfoNce, WithLogQHasTheGradientOfTheWeightedCorrection) {
  const int64_t rows = 7;
  at::Tensor queries = unit_rows(rows, 5, 6).set_requires_grad(true);
  Candidates candidates = diagonal_candidates(rows, 5, 7);
  candidates.embeddings.set_requires_grad(true);
  const std::vector<double> log_q = {-1, -3, -.5, -2, -4, -1.5, -2.5};
  candidates.log_q =
      at::tensor(at::ArrayRef<double>(log_q), at::TensorOptions().dtype(at::kDouble));
  candidates.corrects_positives = false;
  make_info_nce({.temperature = {.initial = 0.2, .is_learnable = false}, .document_weight = 0})
      ->forward(queries, candidates)
      .value.backward();
  const at::Tensor of_queries = queries.grad().clone(),
                   of_documents = candidates.embeddings.grad().clone();

  queries.mutable_grad().reset();
  candidates.embeddings.mutable_grad().reset();
  const at::Tensor logits = queries.matmul(candidates.embeddings.t()) / 0.2;
  const at::Tensor positive = logits.diagonal();
  const at::Tensor is_positive = at::eye(rows, at::TensorOptions().dtype(at::kBool));
  const at::Tensor negatives =
      (logits - candidates.log_q).masked_fill(is_positive, -INFINITY).logsumexp(1);
  const at::Tensor weight = (1 - positive.exp() / (positive.exp() + negatives.exp())).detach();
  (weight * (negatives - positive)).mean().backward();
  EXPECT_LT((queries.grad() - of_queries).abs().max().item<double>(), 1e-14);
  EXPECT_LT((candidates.embeddings.grad() - of_documents).abs().max().item<double>(), 1e-14);
  EXPECT_GT(of_queries.abs().max().item<double>(), 1e-3);
}

TEST(InfoNce, HandComputedValueOfTwoPairs) {
  // Cosines [[1, 0], [0, 1]] at temperature 1: each term is log(1 + e^-1).
  Candidates candidates = diagonal_candidates(2, 2, 5);
  const std::vector<double> eye = {1, 0, 0, 1};
  const at::Tensor identity =
      at::tensor(at::ArrayRef<double>(eye), at::TensorOptions().dtype(at::kDouble)).view({2, 2});
  candidates.embeddings = identity;
  const auto loss = make_info_nce({.temperature = {.initial = 1.0}});
  EXPECT_NEAR(loss->forward(identity, candidates).value.item<double>(), 0.31326168751822286, 1e-12);
}

TEST(InfoNce, TemperatureIsClampedAndTrains) {
  const auto loss = make_info_nce({.temperature = {.initial = 0.01, .minimum = 0.01}});
  EXPECT_EQ(loss->parameters().size(), 1u);
  loss->parameters()[0].second.detach().add_(3.0);
  loss->clamp_parameters();
  EXPECT_NEAR(loss->inverse_temperature(), 100.0, 1e-3);
  EXPECT_TRUE(make_info_nce({.temperature = {.is_learnable = false}})->parameters().empty());
}

TEST(InfoNce, RefusesATemperatureOutsideItsClamp) {
  try {
    make_info_nce({.temperature = {.initial = 0.001}});
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_STREQ(
        error.what(),
        "info_nce.temperature.initial: is 0.001, expected between minimum (0.01) and maximum (1)");
  }
}

}  // namespace
}  // namespace twinset
