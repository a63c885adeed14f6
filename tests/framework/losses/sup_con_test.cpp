#include "framework/losses/sup_con.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cross_entropy_loss.h>

#include <algorithm>

#include "framework/losses/dense_pairs.h"
#include "tests/testing/loss_checks.h"

namespace twinset {
namespace {

bool contains(std::span<const int64_t> row, int64_t column) {
  return std::find(row.begin(), row.end(), column) != row.end();
}

double naive(const std::vector<std::vector<double>>& cosines, const Candidates& c,
             double temperature, double w) {
  const size_t rows = cosines.size(), columns = cosines[0].size();
  const auto one_way = [&](bool by_row) {
    double sum = 0;
    int lines = 0;
    for (size_t i = 0; i < (by_row ? rows : columns); ++i) {
      double denominator = 0, positive_sum = 0;
      int positives = 0;
      for (size_t j = 0; j < (by_row ? columns : rows); ++j) {
        const size_t row = by_row ? i : j, column = by_row ? j : i;
        if (contains(c.excluded.row(static_cast<int64_t>(row)), static_cast<int64_t>(column)))
          continue;
        denominator += std::exp(cosines[row][column] / temperature);
        if (contains(c.positives.row(static_cast<int64_t>(row)), static_cast<int64_t>(column))) {
          positive_sum += cosines[row][column] / temperature;
          ++positives;
        }
      }
      if (positives == 0) continue;
      ++lines;
      sum += std::log(denominator) - positive_sum / positives;
    }
    return lines == 0 ? 0.0 : sum / lines;
  };
  return (1 - w) * one_way(true) + w * one_way(false);
}

TEST(SupCon, MatchesNaiveLoop) {
  for (double w : {0.0, 0.5, 1.0}) {
    const auto loss = make_sup_con({.temperature = {.initial = 0.25}, .document_weight = w});
    testing::expect_matches_naive_loop(*loss, [&](const auto& cosines, const Candidates& c) {
      return naive(cosines, c, 0.25, w);
    });
  }
}

TEST(SupCon, GradientMatchesDifferences) {
  testing::expect_gradient_matches_differences(*make_sup_con({.temperature = {.initial = 0.5}}));
}

TEST(SupCon, IsFiniteAtExtremes) {
  testing::expect_finite_at_extremes(*make_sup_con({}));
  testing::expect_finite_at_extremes(*make_sup_con({.temperature = {.initial = 0.01}}));
}

TEST(SupCon, IsPermutationInvariant) { testing::expect_permutation_invariant(*make_sup_con({})); }

TEST(SupCon, ExcludedPairsHaveNoInfluence) {
  testing::expect_excluded_pairs_have_no_influence(*make_sup_con({}));
}

TEST(SupCon, NamesWrongShapes) { testing::expect_shape_errors(*make_sup_con({}), "sup_con"); }

TEST(SupCon, IsSoftTargetCrossEntropyOfRowNormalisedLabels) {
  const at::Tensor queries = testing::unit_rows(6, 5, 1);
  const Candidates candidates = testing::random_candidates(6, 10, 5, 0.5, 0.0, 2);
  for (int64_t i = 0; i < 6; ++i) ASSERT_FALSE(candidates.positives.row(i).empty());
  const at::Tensor labels = dense_pairs(candidates.positives, queries).to(at::kDouble);
  const at::Tensor targets = labels / labels.sum(1, true);
  const at::Tensor expected =
      at::cross_entropy_loss(queries.matmul(candidates.embeddings.t()) / 0.07f, targets);
  const auto loss = make_sup_con({.document_weight = 0.0});
  EXPECT_NEAR(loss->forward(queries, candidates).value.item<double>(), expected.item<double>(),
              1e-6);
}

}  // namespace
}  // namespace twinset
