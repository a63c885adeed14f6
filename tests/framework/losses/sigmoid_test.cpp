#include "framework/losses/sigmoid.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/binary_cross_entropy_with_logits.h>

#include <algorithm>

#include "framework/losses/dense_pairs.h"
#include "tests/testing/loss_checks.h"

namespace twinset {
namespace {

bool contains(std::span<const int64_t> row, int64_t column) {
  return std::find(row.begin(), row.end(), column) != row.end();
}

double naive(const std::vector<std::vector<double>>& cosines, const Candidates& c,
             double temperature, double bias) {
  double sum = 0;
  for (size_t i = 0; i < cosines.size(); ++i) {
    for (size_t j = 0; j < cosines[i].size(); ++j) {
      const auto row = static_cast<int64_t>(i), column = static_cast<int64_t>(j);
      if (contains(c.excluded.row(row), column)) continue;
      const double z = contains(c.positives.row(row), column) ? 1.0 : -1.0;
      sum += std::log(1.0 + std::exp(-z * (cosines[i][j] / temperature + bias)));
    }
  }
  return sum / static_cast<double>(cosines.size());
}

TEST(Sigmoid, MatchesNaiveLoop) {
  const auto loss = make_sigmoid({.temperature = {.initial = 0.25}, .bias = -1.5});
  testing::expect_matches_naive_loop(*loss, [&](const auto& cosines, const Candidates& c) {
    return naive(cosines, c, 0.25, -1.5);
  });
}

TEST(Sigmoid, GradientMatchesDifferences) {
  testing::expect_gradient_matches_differences(
      *make_sigmoid({.temperature = {.initial = 0.5}, .bias = -1.0}));
}

TEST(Sigmoid, IsFiniteAtExtremes) {
  testing::expect_finite_at_extremes(*make_sigmoid({}));
  testing::expect_finite_at_extremes(
      *make_sigmoid({.temperature = {.initial = 0.01}, .bias = 50.0}));
}

TEST(Sigmoid, IsPermutationInvariant) { testing::expect_permutation_invariant(*make_sigmoid({})); }

TEST(Sigmoid, ExcludedPairsHaveNoInfluence) {
  testing::expect_excluded_pairs_have_no_influence(*make_sigmoid({.bias = 0.0}));
}

TEST(Sigmoid, NamesWrongShapes) { testing::expect_shape_errors(*make_sigmoid({}), "sigmoid"); }

TEST(Sigmoid, IsTorchBinaryCrossEntropySummedOverColumns) {
  const at::Tensor queries = testing::unit_rows(6, 5, 1);
  const Candidates candidates = testing::random_candidates(6, 10, 5, 0.2, 0.0, 2);
  const at::Tensor logits = queries.matmul(candidates.embeddings.t()) * 10.0 - 3.0;
  const at::Tensor labels = dense_pairs(candidates.positives, queries).to(at::kDouble);
  const at::Tensor expected = at::binary_cross_entropy_with_logits(logits, labels).mul(10.0);
  EXPECT_NEAR(make_sigmoid({.bias = -3.0})->forward(queries, candidates).value.item<double>(),
              expected.item<double>(), 1e-5);
}

}  // namespace
}  // namespace twinset
