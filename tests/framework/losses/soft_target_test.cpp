#include "framework/losses/soft_target.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cross_entropy_loss.h>

#include "framework/losses/sup_con.h"
#include "tests/testing/loss_checks.h"
#include "tests/testing/naive_lines.h"

namespace twinset {
namespace soft_target_test {

using testing::NaiveLine;
using testing::NaivePair;

double naive(const std::vector<std::vector<double>>& cosines, const Candidates& c,
             double temperature, double w, double smoothing) {
  return testing::naive_both_ways(cosines, c, w, [&](const NaiveLine& line) {
    const std::vector<NaivePair> all = line.all();
    const double sum =
        sum_of(all, [&](const NaivePair& pair) { return std::exp(pair.logit(temperature)); });
    const auto surprise = [&](const NaivePair& pair) {
      return -std::log(std::exp(pair.logit(temperature)) / sum);
    };
    return (1 - smoothing) * line.mean(surprise) +
           smoothing * sum_of(all, surprise) / static_cast<double>(all.size());
  });
}

TEST(SoftTarget, MatchesNaiveLoop) {
  for (const testing::Decorate& decorate :
       std::vector<testing::Decorate>{{},
                                      testing::with_positive_weights,
                                      testing::with_log_q,
                                      testing::with_log_q_of_negatives}) {
    for (double w : {0.0, 0.5, 1.0}) {
      const auto loss = make_soft_target(
          {.temperature = {.initial = 0.25}, .document_weight = w, .smoothing = 0.2});
      testing::expect_matches_naive_loop(
          *loss,
          [&](const auto& cosines, const Candidates& c) { return naive(cosines, c, 0.25, w, 0.2); },
          decorate);
    }
  }
}

TEST(SoftTarget, GradientMatchesDifferences) {
  testing::expect_gradient_matches_differences(
      *make_soft_target({.temperature = {.initial = 0.5}, .smoothing = 0.3}));
}

TEST(SoftTarget, IsFiniteAtExtremes) {
  testing::expect_finite_at_extremes(*make_soft_target({}));
  testing::expect_finite_at_extremes(*make_soft_target({.temperature = {.initial = 0.01}}));
}

TEST(SoftTarget, IsPermutationInvariant) {
  testing::expect_permutation_invariant(
      *make_soft_target({.temperature = {.initial = 0.5}, .smoothing = 0.3}));
}

TEST(SoftTarget, ExcludedPairsHaveNoInfluence) {
  testing::expect_excluded_pairs_have_no_influence(
      *make_soft_target({.temperature = {.initial = 0.5}, .smoothing = 0.3}));
}

TEST(SoftTarget, UniformLogQChangesNothing) {
  testing::expect_uniform_log_q_changes_nothing(
      *make_soft_target({.temperature = {.initial = 0.5}, .smoothing = 0.3}));
}

TEST(SoftTarget, NamesWrongShapes) {
  testing::expect_shape_errors(*make_soft_target({}), "soft_target");
}

TEST(SoftTarget, WithoutWeightsAndSmoothingIsSupCon) {
  const at::Tensor queries = testing::unit_rows(6, 5, 1);
  const Candidates candidates = testing::random_candidates(6, 10, 5, 0.3, 0.1, 2);
  EXPECT_NEAR(make_soft_target({})->forward(queries, candidates).value.item<double>(),
              make_sup_con({})->forward(queries, candidates).value.item<double>(), 1e-12);
}

TEST(SoftTarget, SmoothedIsTorchsSmoothedCrossEntropy) {
  const at::Tensor queries = testing::unit_rows(7, 5, 1);
  const Candidates candidates = testing::diagonal_candidates(7, 5, 2);
  const at::Tensor logits = queries.matmul(candidates.embeddings.t()) / 0.5;
  const at::Tensor expected = at::cross_entropy_loss(
      logits, at::arange(7, at::TensorOptions().dtype(at::kLong)), {}, 1, -100, 0.1);
  const auto loss =
      make_soft_target({.temperature = {.initial = 0.5}, .document_weight = 0.0, .smoothing = 0.1});
  EXPECT_NEAR(loss->forward(queries, candidates).value.item<double>(), expected.item<double>(),
              1e-6);
}

}  // namespace soft_target_test
}  // namespace twinset
