#include "framework/losses/asymmetric.h"

#include "framework/core/error.h"
#include "framework/losses/sigmoid.h"
#include "tests/testing/loss_checks.h"
#include "tests/testing/naive_lines.h"

namespace twinset {
namespace asymmetric_test {

using testing::NaiveLine;
using testing::NaivePair;

double naive(const std::vector<std::vector<double>>& cosines, const Candidates& c,
             const AsymmetricOptions& o) {
  double sum = 0;
  for (const NaiveLine& line : testing::naive_lines(cosines, c, true)) {
    const auto probability = [&](const NaivePair& pair) {
      return 1 / (1 + std::exp(-pair.cosine / o.temperature.initial - o.bias));
    };
    sum -= sum_of(line.positives, [&](const NaivePair& pair) {
      const double p = probability(pair);
      return pair.weight * std::pow(1 - p, o.gamma_positive) * std::log(p);
    });
    sum -= sum_of(line.negatives, [&](const NaivePair& pair) {
      const double p = std::max(0.0, probability(pair) - o.clip);
      return std::pow(p, o.gamma_negative) * std::log(1 - p);
    });
  }
  return sum / static_cast<double>(cosines.size());
}

const std::vector<AsymmetricOptions> kOptions = {
    {.temperature = {.initial = 0.5}, .bias = -1.0},
    {.temperature = {.initial = 0.5},
     .bias = -1.0,
     .gamma_positive = 1.5,
     .gamma_negative = 2.5,
     .clip = 0.0},
    {.temperature = {.initial = 0.5},
     .bias = -1.0,
     .gamma_positive = 0.5,
     .gamma_negative = 0.0,
     .clip = 0.1},
    {.temperature = {.initial = 0.5}, .bias = -1.0, .gamma_negative = 0.0, .clip = 0.0}};

TEST(Asymmetric, MatchesNaiveLoop) {
  for (const testing::Decorate& decorate :
       std::vector<testing::Decorate>{{}, testing::with_positive_weights}) {
    for (const AsymmetricOptions& o : kOptions) {
      testing::expect_matches_naive_loop(
          *make_asymmetric(o),
          [&](const auto& cosines, const Candidates& c) { return naive(cosines, c, o); }, decorate);
    }
  }
}

TEST(Asymmetric, KeepsTheContract) {
  for (AsymmetricOptions o : kOptions) {
    testing::expect_gradient_matches_differences(*make_asymmetric(o));
    testing::expect_permutation_invariant(*make_asymmetric(o));
    testing::expect_excluded_pairs_have_no_influence(*make_asymmetric(o));
    testing::expect_shape_errors(*make_asymmetric(o), "asymmetric");
    o.temperature.initial = 0.01;
    for (double bias : {-50.0, 0.0, 50.0}) {
      o.bias = bias;
      testing::expect_finite_at_extremes(*make_asymmetric(o));
    }
  }
}

TEST(Asymmetric, WithoutFocusingIsTheSigmoidLoss) {
  const at::Tensor queries = testing::unit_rows(6, 5, 1);
  const Candidates candidates = testing::random_candidates(6, 10, 5, 0.3, 0.1, 2);
  EXPECT_NEAR(make_asymmetric({.bias = -2.0, .gamma_negative = 0.0, .clip = 0.0})
                  ->forward(queries, candidates)
                  .value.item<double>(),
              make_sigmoid({.bias = -2.0})->forward(queries, candidates).value.item<double>(),
              1e-12);
}

TEST(Asymmetric, RefusesAFocusingWithoutAFiniteGradient) {
  try {
    make_asymmetric({.gamma_negative = 0.5});
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_STREQ(error.what(),
                 "asymmetric.gamma_negative: is 0.5, expected 0 or at least 1: between them the "
                 "gradient of a negative at "
                 "probability 0 is infinite");
  }
}

}  // namespace asymmetric_test
}  // namespace twinset
