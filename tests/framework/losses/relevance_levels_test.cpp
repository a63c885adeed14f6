#include "framework/losses/relevance_levels.h"

#include <ATen/TensorOperators.h>

#include "framework/core/error.h"
#include "framework/losses/sigmoid.h"
#include "tests/testing/loss_checks.h"
#include "tests/testing/naive_lines.h"

namespace twinset {
namespace relevance_levels_test {

using testing::NaiveLine;
using testing::NaivePair;

double naive(const std::vector<std::vector<double>>& cosines, const Candidates& c,
             double temperature, const std::vector<double>& bias) {
  const auto num_levels = bias.size();
  double sum = 0;
  for (const NaiveLine& line : testing::naive_lines(cosines, c, true)) {
    const auto surprise = [&](const NaivePair& pair, size_t level) {
      double mass = 0;
      for (size_t k = 0; k < num_levels; ++k)
        mass += std::exp(static_cast<double>(k) * pair.cosine / temperature + bias[k]);
      return std::log(mass) - static_cast<double>(level) * pair.cosine / temperature - bias[level];
    };
    sum += sum_of(line.negatives, [&](const NaivePair& n) { return surprise(n, 0); });
    sum += sum_of(line.positives, [&](const NaivePair& p) {
      const double level = p.weight * static_cast<double>(num_levels - 1);
      const size_t lower = std::min(static_cast<size_t>(level), num_levels - 2);
      const double share = level - static_cast<double>(lower);
      return (1 - share) * surprise(p, lower) + share * surprise(p, lower + 1);
    });
  }
  return sum / static_cast<double>(cosines.size());
}

std::unique_ptr<Loss> biased(std::unique_ptr<Loss> loss, const std::vector<double>& bias) {
  at::Tensor levels = loss->parameters()[1].second.detach();
  for (size_t k = 1; k < bias.size(); ++k) levels[static_cast<int64_t>(k) - 1].fill_(bias[k]);
  return loss;
}

const std::vector<double> kBias = {0.0, 0.5, -0.25, -1.0, -2.0};

TEST(RelevanceLevels, MatchesNaiveLoop) {
  const auto loss = biased(make_relevance_levels({.temperature = {.initial = 0.5}}), kBias);
  testing::expect_matches_naive_loop(
      *loss,
      [&](const auto& cosines, const Candidates& c) { return naive(cosines, c, 0.5, kBias); },
      testing::with_positive_weights);
}

TEST(RelevanceLevels, KeepsTheContract) {
  const auto loss = biased(make_relevance_levels({.temperature = {.initial = 1.0}}), kBias);
  testing::expect_gradient_matches_differences(*loss, testing::with_positive_weights);
  testing::expect_permutation_invariant(*loss, testing::with_positive_weights);
  testing::expect_excluded_pairs_have_no_influence(*loss, testing::with_positive_weights);
  testing::expect_shape_errors(*loss, "relevance_levels");
  testing::expect_finite_at_extremes(*loss, testing::with_positive_weights);
  testing::expect_finite_at_extremes(*make_relevance_levels({.temperature = {.initial = 0.01}}),
                                     testing::with_positive_weights);
}

TEST(RelevanceLevels, OfTwoIsTheSigmoidLoss) {
  const at::Tensor queries = testing::unit_rows(6, 5, 1);
  Candidates candidates = testing::random_candidates(6, 10, 5, 0.3, 0.1, 2);
  candidates.positive_weights.assign(static_cast<size_t>(candidates.positives.num_pairs()), 1.0f);
  const auto levels = biased(
      make_relevance_levels({.temperature = {.initial = 0.1}, .num_levels = 2}), {0.0, -2.0});
  EXPECT_NEAR(levels->forward(queries, candidates).value.item<double>(),
              make_sigmoid({.bias = -2.0})->forward(queries, candidates).value.item<double>(),
              1e-12);
}

TEST(RelevanceLevels, RefusesAWeightAboveTheHighestLevel) {
  Candidates candidates = testing::diagonal_candidates(2, 4, 2);
  candidates.positive_weights = {0.5f, 3.0f};
  try {
    make_relevance_levels({})->forward(testing::unit_rows(2, 4, 1), candidates);
    FAIL();
  } catch (const ShapeError& error) {
    EXPECT_STREQ(error.what(),
                 "relevance_levels: a positive weight is 3, expected at most 1, the highest level; "
                 "divide the levels by the highest");
  }
}

}  // namespace relevance_levels_test
}  // namespace twinset
