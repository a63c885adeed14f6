#include "framework/losses/hcl.h"

#include "framework/losses/info_nce.h"
#include "tests/testing/loss_checks.h"
#include "tests/testing/naive_lines.h"

namespace twinset {
namespace hcl_test {

using testing::NaiveLine;
using testing::NaivePair;

struct Settings {
  double temperature, w, beta, prior;
};

double naive(const std::vector<std::vector<double>>& cosines, const Candidates& c,
             const Settings& s) {
  return testing::naive_both_ways(
      cosines, c, s.w, [&](const NaiveLine& line) -> std::optional<double> {
        const double count = static_cast<double>(line.negatives.size());
        if (count == 0) return std::nullopt;
        const double weighted = sum_of(line.negatives, [&](const NaivePair& n) {
          return std::exp((1 + s.beta) * n.logit(s.temperature));
        });
        const double weights = sum_of(line.negatives, [&](const NaivePair& n) {
          return std::exp(s.beta * n.logit(s.temperature));
        });
        return line.mean([&](const NaivePair& p) {
          const double pull = std::exp(p.logit(s.temperature));
          const double push =
              std::max((count * weighted / weights - s.prior * count * pull) / (1 - s.prior),
                       count * std::exp(-1 / s.temperature));
          return -std::log(pull / (pull + push));
        });
      });
}

constexpr Settings kSettings[] = {
    {0.25, 0.0, 1.0, 0.1}, {0.25, 0.5, 0.0, 0.1}, {0.5, 1.0, 2.0, 0.0}, {0.5, 0.5, 0.0, 0.6}};

HclOptions options(const Settings& s) {
  return {.temperature = {.initial = s.temperature},
          .document_weight = s.w,
          .hardness = s.beta,
          .positive_prior = s.prior};
}

TEST(Hcl, MatchesNaiveLoop) {
  for (const testing::Decorate& decorate :
       std::vector<testing::Decorate>{{}, testing::with_positive_weights, testing::with_log_q}) {
    for (const Settings& s : kSettings) {
      testing::expect_matches_naive_loop(
          *make_hcl(options(s)),
          [&](const auto& cosines, const Candidates& c) { return naive(cosines, c, s); }, decorate);
    }
  }
}

TEST(Hcl, GradientMatchesDifferences) {
  for (const Settings& s : kSettings) {
    if (s.temperature == 0.5) testing::expect_gradient_matches_differences(*make_hcl(options(s)));
  }
}

TEST(Hcl, IsFiniteAtExtremes) {
  testing::expect_finite_at_extremes(*make_hcl({}));
  testing::expect_finite_at_extremes(*make_hcl({.temperature = {.initial = 0.01}}));
  testing::expect_finite_at_extremes(
      *make_hcl({.temperature = {.initial = 0.01}, .hardness = 4.0, .positive_prior = 0.9}));
}

TEST(Hcl, IsPermutationInvariant) { testing::expect_permutation_invariant(*make_hcl({})); }

TEST(Hcl, ExcludedPairsHaveNoInfluence) {
  testing::expect_excluded_pairs_have_no_influence(*make_hcl({}));
}

TEST(Hcl, UniformLogQChangesNothingWithoutAPrior) {
  testing::expect_uniform_log_q_changes_nothing(*make_hcl({.positive_prior = 0.0}));
}

TEST(Hcl, NamesWrongShapes) { testing::expect_shape_errors(*make_hcl({}), "hcl"); }

TEST(Hcl, WithoutHardnessAndPriorIsInfoNce) {
  const at::Tensor queries = testing::unit_rows(9, 8, 3);
  const Candidates candidates = testing::diagonal_candidates(9, 8, 4);
  EXPECT_NEAR(make_hcl({.hardness = 0.0, .positive_prior = 0.0})
                  ->forward(queries, candidates)
                  .value.item<double>(),
              make_info_nce({})->forward(queries, candidates).value.item<double>(), 1e-12);
}

}  // namespace hcl_test
}  // namespace twinset
