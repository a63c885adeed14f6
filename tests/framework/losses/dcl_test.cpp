#include "framework/losses/dcl.h"

#include "framework/losses/info_nce.h"
#include "tests/testing/loss_checks.h"
#include "tests/testing/naive_lines.h"

namespace twinset {
namespace dcl_test {

using testing::NaiveLine;
using testing::NaivePair;

double naive(const std::vector<std::vector<double>>& cosines, const Candidates& c,
             double temperature, double w, double sigma) {
  double total = 0;
  int num_positives = 0;
  for (const NaiveLine& line : testing::naive_lines(cosines, c, true)) {
    for (const NaivePair& p : line.positives) {
      if (sigma > 0) total += std::exp(p.cosine / sigma);
      ++num_positives;
    }
  }
  return testing::naive_both_ways(
      cosines, c, w, [&](const NaiveLine& line) -> std::optional<double> {
        if (line.negatives.empty()) return std::nullopt;
        const double push = std::log(sum_of(
            line.negatives, [&](const NaivePair& n) { return std::exp(n.logit(temperature)); }));
        return line.mean([&](const NaivePair& p) {
          const double pull_weight =
              sigma > 0 ? 2 - num_positives * std::exp(p.cosine / sigma) / total : 1.0;
          return push - pull_weight * p.logit(temperature);
        });
      });
}

TEST(Dcl, MatchesNaiveLoop) {
  for (const testing::Decorate& decorate :
       std::vector<testing::Decorate>{{},
                                      testing::with_positive_weights,
                                      testing::with_log_q,
                                      testing::with_log_q_of_negatives}) {
    for (double w : {0.0, 0.5, 1.0}) {
      const auto loss = make_dcl({.temperature = {.initial = 0.25}, .document_weight = w});
      testing::expect_matches_naive_loop(
          *loss,
          [&](const auto& cosines, const Candidates& c) { return naive(cosines, c, 0.25, w, 0.0); },
          decorate);
    }
  }
}

TEST(Dclw, MatchesNaiveLoop) {
  for (const testing::Decorate& decorate :
       std::vector<testing::Decorate>{{},
                                      testing::with_positive_weights,
                                      testing::with_log_q,
                                      testing::with_log_q_of_negatives}) {
    for (double w : {0.0, 0.5, 1.0}) {
      const auto loss =
          make_dcl({.temperature = {.initial = 0.25}, .document_weight = w, .sigma = 0.5});
      testing::expect_matches_naive_loop(
          *loss,
          [&](const auto& cosines, const Candidates& c) { return naive(cosines, c, 0.25, w, 0.5); },
          decorate);
    }
  }
}

TEST(Dcl, GradientMatchesDifferences) {
  testing::expect_gradient_matches_differences(*make_dcl({.temperature = {.initial = 0.5}}));
}

TEST(Dcl, IsFiniteAtExtremes) {
  testing::expect_finite_at_extremes(*make_dcl({}));
  testing::expect_finite_at_extremes(*make_dcl({.temperature = {.initial = 0.01}}));
}

TEST(Dcl, IsPermutationInvariant) {
  testing::expect_permutation_invariant(*make_dcl({.temperature = {.initial = 0.5}}));
}

TEST(Dcl, ExcludedPairsHaveNoInfluence) {
  testing::expect_excluded_pairs_have_no_influence(*make_dcl({.temperature = {.initial = 0.5}}));
}

TEST(Dcl, UniformLogQChangesNothing) {
  testing::expect_uniform_log_q_changes_nothing(*make_dcl({.temperature = {.initial = 0.5}}));
}

TEST(Dcl, NamesWrongShapes) { testing::expect_shape_errors(*make_dcl({}), "dcl"); }

TEST(Dclw, GradientMatchesDifferences) {
  testing::expect_gradient_matches_differences(
      *make_dcl({.temperature = {.initial = 0.5}, .sigma = 0.5}));
}

TEST(Dclw, KeepsTheContract) {
  testing::expect_finite_at_extremes(*make_dcl({.sigma = 0.5}));
  testing::expect_permutation_invariant(*make_dcl({.sigma = 0.5}));
  testing::expect_excluded_pairs_have_no_influence(*make_dcl({.sigma = 0.5}));
}

TEST(Dcl, IsInfoNceLessThePositivesPartOfItsDenominator) {
  const at::Tensor queries = testing::unit_rows(9, 8, 3);
  const Candidates candidates = testing::diagonal_candidates(9, 8, 4);
  const auto value = [&](Loss& loss) {
    return loss.forward(queries, candidates).value.item<double>();
  };
  const double part = testing::naive_both_ways(
      testing::naive_cosines(queries, candidates.embeddings), candidates, 0.5,
      [&](const NaiveLine& line) {
        const double negatives =
            sum_of(line.negatives, [&](const NaivePair& n) { return std::exp(n.logit(0.5)); });
        return line.mean(
            [&](const NaivePair& p) { return std::log1p(std::exp(p.logit(0.5)) / negatives); });
      });
  EXPECT_NEAR(value(*make_dcl({.temperature = {.initial = 0.5}})),
              value(*make_info_nce({.temperature = {.initial = 0.5}})) - part, 1e-6);
}

}  // namespace dcl_test
}  // namespace twinset
