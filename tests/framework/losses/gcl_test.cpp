#include "framework/losses/gcl.h"

#include "framework/core/error.h"
#include "framework/losses/info_nce.h"
#include "tests/testing/loss_checks.h"
#include "tests/testing/naive_lines.h"

namespace twinset {
namespace gcl_test {

using testing::NaiveLine;
using testing::NaivePair;

double naive(const std::vector<std::vector<double>>& cosines, const Candidates& c,
             double temperature, double w) {
  double result = 0;
  for (bool by_row : {true, false}) {
    double sum = 0, weights = 0;
    for (const NaiveLine& line : testing::naive_lines(cosines, c, by_row)) {
      const double negatives = sum_of(
          line.negatives, [&](const NaivePair& n) { return std::exp(n.logit(temperature)); });
      for (const NaivePair& p : line.positives) {
        const double pull = std::exp(p.logit(temperature));
        sum -= p.weight * std::log(pull / (pull + negatives));
        weights += p.weight;
      }
    }
    if (weights > 0) result += (by_row ? 1 - w : w) * sum / weights;
  }
  return result;
}

void with_both(Candidates& candidates, uint64_t seed) {
  testing::with_positive_weights(candidates, seed);
  testing::with_log_q_of_negatives(candidates, seed);
}

TEST(Gcl, MatchesNaiveLoop) {
  for (const testing::Decorate& decorate :
       std::vector<testing::Decorate>{testing::with_positive_weights, with_both}) {
    for (double w : {0.0, 0.5, 1.0}) {
      const auto loss = make_gcl({.temperature = {.initial = 0.25}, .document_weight = w});
      testing::expect_matches_naive_loop(
          *loss,
          [&](const auto& cosines, const Candidates& c) { return naive(cosines, c, 0.25, w); },
          decorate);
    }
  }
}

TEST(Gcl, GradientMatchesDifferences) {
  testing::expect_gradient_matches_differences(*make_gcl({.temperature = {.initial = 0.5}}),
                                               testing::with_positive_weights);
}

TEST(Gcl, IsFiniteAtExtremes) {
  testing::expect_finite_at_extremes(*make_gcl({}), testing::with_positive_weights);
  testing::expect_finite_at_extremes(*make_gcl({.temperature = {.initial = 0.01}}),
                                     testing::with_positive_weights);
}

TEST(Gcl, IsPermutationInvariant) {
  testing::expect_permutation_invariant(*make_gcl({.temperature = {.initial = 0.5}}),
                                        testing::with_positive_weights);
}

TEST(Gcl, ExcludedPairsHaveNoInfluence) {
  testing::expect_excluded_pairs_have_no_influence(*make_gcl({.temperature = {.initial = 0.5}}),
                                                   testing::with_positive_weights);
}

TEST(Gcl, UniformLogQChangesNothing) {
  testing::expect_uniform_log_q_changes_nothing(*make_gcl({.temperature = {.initial = 0.5}}),
                                                testing::with_positive_weights);
}

TEST(Gcl, NamesWrongShapes) { testing::expect_shape_errors(*make_gcl({}), "gcl"); }

TEST(Gcl, WithEqualWeightsAndOnePositiveARowAndColumnIsInfoNce) {
  const at::Tensor queries = testing::unit_rows(9, 8, 3);
  Candidates candidates = testing::diagonal_candidates(9, 8, 4);
  candidates.positive_weights.assign(9, 0.25f);
  EXPECT_NEAR(make_gcl({})->forward(queries, candidates).value.item<double>(),
              make_info_nce({})->forward(queries, candidates).value.item<double>(), 1e-12);
}

TEST(Gcl, TellsWhereToGetWeights) {
  try {
    make_gcl({})->forward(testing::unit_rows(3, 4, 1), testing::diagonal_candidates(3, 4, 2));
    FAIL();
  } catch (const ShapeError& error) {
    EXPECT_STREQ(error.what(),
                 "gcl: the candidates carry no weights of positive pairs; set "
                 "teacher.positive_weights to a table of "
                 "product id, phrase, weight");
  }
}

}  // namespace gcl_test
}  // namespace twinset
