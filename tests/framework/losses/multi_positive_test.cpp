#include "framework/losses/multi_positive.h"

#include "framework/losses/info_nce.h"
#include "tests/testing/loss_checks.h"
#include "tests/testing/naive_lines.h"

namespace twinset {
namespace multi_positive_test {

using testing::NaiveLine;
using testing::NaivePair;

double naive(const std::vector<std::vector<double>>& cosines, const Candidates& c,
             double temperature, double w) {
  return testing::naive_both_ways(cosines, c, w, [&](const NaiveLine& line) {
    const double negatives =
        sum_of(line.negatives, [&](const NaivePair& n) { return std::exp(n.logit(temperature)); });
    return line.mean([&](const NaivePair& p) {
      const double pull = std::exp(p.logit(temperature));
      return -std::log(pull / (pull + negatives));
    });
  });
}

TEST(MultiPositive, MatchesNaiveLoop) {
  for (const testing::Decorate& decorate :
       std::vector<testing::Decorate>{{},
                                      testing::with_positive_weights,
                                      testing::with_log_q,
                                      testing::with_log_q_of_negatives}) {
    for (double w : {0.0, 0.5, 1.0}) {
      const auto loss =
          make_multi_positive({.temperature = {.initial = 0.25}, .document_weight = w});
      testing::expect_matches_naive_loop(
          *loss,
          [&](const auto& cosines, const Candidates& c) { return naive(cosines, c, 0.25, w); },
          decorate);
    }
  }
}

TEST(MultiPositive, GradientMatchesDifferences) {
  testing::expect_gradient_matches_differences(
      *make_multi_positive({.temperature = {.initial = 0.5}}));
}

TEST(MultiPositive, IsFiniteAtExtremes) {
  testing::expect_finite_at_extremes(*make_multi_positive({}));
  testing::expect_finite_at_extremes(*make_multi_positive({.temperature = {.initial = 0.01}}));
}

TEST(MultiPositive, IsPermutationInvariant) {
  testing::expect_permutation_invariant(*make_multi_positive({.temperature = {.initial = 0.5}}));
}

TEST(MultiPositive, ExcludedPairsHaveNoInfluence) {
  testing::expect_excluded_pairs_have_no_influence(
      *make_multi_positive({.temperature = {.initial = 0.5}}));
}

TEST(MultiPositive, UniformLogQChangesNothing) {
  testing::expect_uniform_log_q_changes_nothing(
      *make_multi_positive({.temperature = {.initial = 0.5}}));
}

TEST(MultiPositive, NamesWrongShapes) {
  testing::expect_shape_errors(*make_multi_positive({}), "multi_positive");
}

TEST(MultiPositive, WithOnePositiveARowAndColumnIsInfoNce) {
  const at::Tensor queries = testing::unit_rows(9, 8, 3);
  const Candidates candidates = testing::diagonal_candidates(9, 8, 4);
  EXPECT_NEAR(make_multi_positive({})->forward(queries, candidates).value.item<double>(),
              make_info_nce({})->forward(queries, candidates).value.item<double>(), 1e-12);
}

TEST(MultiPositive, CountsTheRowsWhoseBestCandidateIsPositive) {
  const at::Tensor queries = testing::unit_rows(12, 4, 5);
  const Candidates candidates = testing::random_candidates(12, 7, 4, 0.25, 0.2, 6);
  int rows = 0, right = 0;
  for (const NaiveLine& line : testing::naive_lines(
           testing::naive_cosines(queries, candidates.embeddings), candidates, true)) {
    if (line.positives.empty()) continue;
    const auto best = [](const std::vector<NaivePair>& pairs) {
      double result = -2;
      for (const NaivePair& pair : pairs) result = std::max(result, pair.cosine);
      return result;
    };
    ++rows;
    if (best(line.positives) > best(line.negatives)) ++right;
  }
  ASSERT_GT(rows, 0);
  const auto statistics = make_multi_positive({})->forward(queries, candidates).statistics;
  EXPECT_EQ(statistics[1].first, "accuracy");
  EXPECT_NEAR(statistics[1].second, static_cast<double>(right) / rows, 1e-12);
}

}  // namespace multi_positive_test
}  // namespace twinset
