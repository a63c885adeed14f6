#include "framework/losses/margin_softmax.h"

#include "framework/losses/multi_positive.h"
#include "tests/testing/loss_checks.h"
#include "tests/testing/naive_lines.h"

namespace twinset {
namespace margin_softmax_test {

using testing::NaiveLine;
using testing::NaivePair;

struct Settings {
  double w, angle, cosine;
};

double naive(const std::vector<std::vector<double>>& cosines, const Candidates& c,
             double temperature, const Settings& s) {
  return testing::naive_both_ways(cosines, c, s.w, [&](const NaiveLine& line) {
    const double negatives =
        sum_of(line.negatives, [&](const NaivePair& n) { return std::exp(n.logit(temperature)); });
    return line.mean([&](const NaivePair& p) {
      const double angle = std::acos(p.cosine) + s.angle;
      const double turned =
          angle <= M_PI ? std::cos(angle) : p.cosine - s.angle * std::sin(s.angle);
      const double pull = std::exp((turned - s.cosine) / temperature - p.log_q);
      return -std::log(pull / (pull + negatives));
    });
  });
}

constexpr Settings kSettings[] = {{0.0, 0.5, 0.0}, {0.5, 0.0, 0.35}, {1.0, 1.2, 0.1}};

MarginSoftmaxOptions options(const Settings& s) {
  return {.temperature = {.initial = 0.25},
          .document_weight = s.w,
          .angular_margin = s.angle,
          .cosine_margin = s.cosine};
}

TEST(MarginSoftmax, MatchesNaiveLoop) {
  for (const testing::Decorate& decorate :
       std::vector<testing::Decorate>{{}, testing::with_positive_weights, testing::with_log_q}) {
    for (const Settings& s : kSettings) {
      testing::expect_matches_naive_loop(
          *make_margin_softmax(options(s)),
          [&](const auto& cosines, const Candidates& c) { return naive(cosines, c, 0.25, s); },
          decorate);
    }
  }
}

TEST(MarginSoftmax, GradientMatchesDifferences) {
  testing::expect_gradient_matches_differences(
      *make_margin_softmax({.temperature = {.initial = 0.5}, .document_weight = 0.5}));
  testing::expect_gradient_matches_differences(
      *make_margin_softmax({.temperature = {.initial = 0.5},
                            .document_weight = 0.5,
                            .angular_margin = 0.0,
                            .cosine_margin = 0.35}));
}

TEST(MarginSoftmax, IsFiniteAtExtremes) {
  testing::expect_finite_at_extremes(*make_margin_softmax({}));
  testing::expect_finite_at_extremes(
      *make_margin_softmax({.temperature = {.initial = 0.01}, .cosine_margin = 0.35}));
}

TEST(MarginSoftmax, IsFiniteWhereAQueryIsItsDocument) {
  Candidates candidates = testing::diagonal_candidates(3, 4, 1);
  const at::Tensor queries = candidates.embeddings.clone().set_requires_grad(true);
  make_margin_softmax({})->forward(queries, candidates).value.backward();
  EXPECT_TRUE(queries.grad().isfinite().all().item<bool>());
}

TEST(MarginSoftmax, IsPermutationInvariant) {
  testing::expect_permutation_invariant(*make_margin_softmax({}));
}

TEST(MarginSoftmax, ExcludedPairsHaveNoInfluence) {
  testing::expect_excluded_pairs_have_no_influence(*make_margin_softmax({}));
}

TEST(MarginSoftmax, UniformLogQChangesNothing) {
  testing::expect_uniform_log_q_changes_nothing(*make_margin_softmax(options(kSettings[0])));
}

TEST(MarginSoftmax, NamesWrongShapes) {
  testing::expect_shape_errors(*make_margin_softmax({}), "margin_softmax");
}

TEST(MarginSoftmax, WithoutMarginsIsMultiPositive) {
  const at::Tensor queries = testing::unit_rows(6, 5, 1);
  const Candidates candidates = testing::random_candidates(6, 10, 5, 0.3, 0.1, 2);
  EXPECT_NEAR(make_margin_softmax(
                  {.temperature = {.initial = 0.07}, .document_weight = 0.5, .angular_margin = 0.0})
                  ->forward(queries, candidates)
                  .value.item<double>(),
              make_multi_positive({})->forward(queries, candidates).value.item<double>(), 1e-12);
}

}  // namespace margin_softmax_test
}  // namespace twinset
