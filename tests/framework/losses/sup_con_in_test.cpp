#include "framework/losses/sup_con_in.h"

#include "framework/losses/info_nce.h"
#include "tests/testing/loss_checks.h"
#include "tests/testing/naive_lines.h"

namespace twinset {
namespace sup_con_in_test {

using testing::NaiveLine;
using testing::NaivePair;

double naive(const std::vector<std::vector<double>>& cosines, const Candidates& c,
             double temperature, double w) {
  return testing::naive_both_ways(cosines, c, w, [&](const NaiveLine& line) {
    const auto mass = [&](const NaivePair& pair) {
      return pair.weight * std::exp(pair.logit(temperature));
    };
    return -std::log(sum_of(line.positives, mass) / sum_of(line.all(), mass));
  });
}

TEST(SupConIn, MatchesNaiveLoop) {
  for (const testing::Decorate& decorate :
       std::vector<testing::Decorate>{{},
                                      testing::with_positive_weights,
                                      testing::with_log_q,
                                      testing::with_log_q_of_negatives}) {
    for (double w : {0.0, 0.5, 1.0}) {
      const auto loss = make_sup_con_in({.temperature = {.initial = 0.25}, .document_weight = w});
      testing::expect_matches_naive_loop(
          *loss,
          [&](const auto& cosines, const Candidates& c) { return naive(cosines, c, 0.25, w); },
          decorate);
    }
  }
}

TEST(SupConIn, GradientMatchesDifferences) {
  testing::expect_gradient_matches_differences(*make_sup_con_in({.temperature = {.initial = 0.5}}));
}

TEST(SupConIn, IsFiniteAtExtremes) {
  testing::expect_finite_at_extremes(*make_sup_con_in({}));
  testing::expect_finite_at_extremes(*make_sup_con_in({.temperature = {.initial = 0.01}}));
}

TEST(SupConIn, IsPermutationInvariant) {
  testing::expect_permutation_invariant(*make_sup_con_in({.temperature = {.initial = 0.5}}));
}

TEST(SupConIn, ExcludedPairsHaveNoInfluence) {
  testing::expect_excluded_pairs_have_no_influence(
      *make_sup_con_in({.temperature = {.initial = 0.5}}));
}

TEST(SupConIn, UniformLogQChangesNothing) {
  testing::expect_uniform_log_q_changes_nothing(
      *make_sup_con_in({.temperature = {.initial = 0.5}}));
}

TEST(SupConIn, NamesWrongShapes) {
  testing::expect_shape_errors(*make_sup_con_in({}), "sup_con_in");
}

TEST(SupConIn, WithOnePositiveARowAndColumnIsInfoNce) {
  const at::Tensor queries = testing::unit_rows(9, 8, 3);
  const Candidates candidates = testing::diagonal_candidates(9, 8, 4);
  EXPECT_NEAR(make_sup_con_in({})->forward(queries, candidates).value.item<double>(),
              make_info_nce({})->forward(queries, candidates).value.item<double>(), 1e-12);
}

}  // namespace sup_con_in_test
}  // namespace twinset
