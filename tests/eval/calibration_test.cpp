#include "eval/calibration.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "framework/core/random.h"

namespace twinset {
namespace {

struct Predictions {
  std::vector<double> probabilities, weights;
  std::vector<uint8_t> is_true;
};

Predictions draw(size_t count, uint64_t seed) {
  CounterRandom random({seed, 0, 0, "calibration"});
  Predictions drawn;
  for (size_t i = 0; i < count; ++i) {
    const double p =
        random.below(10) == 0 ? std::round(random.uniform() * 15) / 15 : random.uniform();
    drawn.probabilities.push_back(p);
    drawn.is_true.push_back(random.bernoulli(p * p) ? 1 : 0);
    drawn.weights.push_back(random.below(4) == 0 ? 0.0 : random.uniform(0.1, 3.0));
  }
  return drawn;
}

// The definition, bin by bin, each with its own pass over all predictions.
double naive_error(const Predictions& d, bool is_weighted, int64_t bins) {
  double error = 0, total = 0;
  for (size_t i = 0; i < d.probabilities.size(); ++i) total += is_weighted ? d.weights[i] : 1.0;
  for (int64_t m = 0; m < bins; ++m) {
    double weight = 0, confidence = 0, accuracy = 0;
    for (size_t i = 0; i < d.probabilities.size(); ++i) {
      const double scaled = d.probabilities[i] * static_cast<double>(bins);
      const bool is_here =
          (scaled >= static_cast<double>(m) && scaled < static_cast<double>(m + 1)) ||
          (m == bins - 1 && d.probabilities[i] == 1.0);
      if (!is_here) continue;
      const double w = is_weighted ? d.weights[i] : 1.0;
      weight += w;
      confidence += w * d.probabilities[i];
      accuracy += w * d.is_true[i];
    }
    if (weight > 0) error += weight / total * std::abs(accuracy / weight - confidence / weight);
  }
  return error;
}

TEST(Calibration, ExpectedErrorMatchesNaiveLoop) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const Predictions d = draw(1 + 37 * seed, seed);
    for (const int64_t bins : {1, 2, 15}) {
      EXPECT_NEAR(expected_calibration_error(d.probabilities, d.is_true, {}, bins),
                  naive_error(d, false, bins), 1e-12);
      EXPECT_NEAR(expected_calibration_error(d.probabilities, d.is_true, d.weights, bins),
                  naive_error(d, true, bins), 1e-12);
    }
  }
}

TEST(Calibration, OfFourPredictionsByHand) {
  // Bins of a half: {.2, .4} with one of two true, {.6, 1} both true.
  const std::vector<double> p = {.2, .4, .6, 1.0};
  const std::vector<uint8_t> y = {0, 1, 1, 1};
  EXPECT_NEAR(expected_calibration_error(p, y, {}, 2),
              .5 * std::abs(.5 - .3) + .5 * std::abs(1 - .8), 1e-15);
  EXPECT_NEAR(brier_score(p, y), (.04 + .36 + .16 + 0) / 4, 1e-15);
}

TEST(Calibration, EqualMassCutsTheOrderIntoEqualRuns) {
  const Predictions d = draw(103, 5);
  const auto bins = reliability(d.probabilities, d.is_true, {}, 10, Binning::kEqualMass);
  std::vector<double> sorted = d.probabilities;
  std::sort(sorted.begin(), sorted.end());
  size_t begin = 0;
  ASSERT_EQ(bins.size(), 10u);
  for (const ReliabilityBin& bin : bins) {
    EXPECT_TRUE(bin.weight == 10 || bin.weight == 11);
    double mean = 0;
    for (size_t i = 0; i < static_cast<size_t>(bin.weight); ++i)
      mean += sorted[begin++] / bin.weight;
    EXPECT_NEAR(bin.confidence, mean, 1e-12);
  }
}

TEST(Calibration, WeightsAreRepetitionsAndAnOracleHasNoError) {
  const std::vector<double> p = {.25, .25, .75}, twice = {.25, .25, .25, .75};
  const std::vector<uint8_t> y = {1, 0, 1}, twice_y = {1, 1, 0, 1};
  const std::vector<double> w = {2, 1, 1};
  EXPECT_NEAR(expected_calibration_error(p, y, w), expected_calibration_error(twice, twice_y),
              1e-15);
  EXPECT_NEAR(brier_score(p, y, w), brier_score(twice, twice_y), 1e-15);
  const std::vector<double> sure = {0, 1, 1};
  const std::vector<uint8_t> truth = {0, 1, 1};
  EXPECT_EQ(expected_calibration_error(sure, truth), 0.0);
  EXPECT_EQ(expected_calibration_error({}, {}), 0.0);
}

}  // namespace
}  // namespace twinset
