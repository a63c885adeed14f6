#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "experiments/pinlanding/assign/attribute_scores.h"
#include "experiments/pinlanding/assign/label_weights.h"
#include "experiments/pinlanding/assign/score_calibration.h"
#include "experiments/pinlanding/assign/thresholds.h"
#include "framework/core/random.h"

namespace twinset::pinlanding {
namespace {

std::vector<LabelledScore> draw(size_t count, uint64_t seed) {
  CounterRandom random({seed, 0, 0, "pairs"});
  std::vector<LabelledScore> pairs;
  for (size_t i = 0; i < count; ++i) {
    const double score = std::round(random.normal() * 8) / 8;
    pairs.push_back({score, random.bernoulli(1 / (1 + std::exp(-2 * score))),
                     random.below(3) == 0 ? 0.5 : 1.0});
  }
  return pairs;
}

ThresholdChoice naive(const std::vector<LabelledScore>& pairs, double threshold) {
  double hits = 0, assigned = 0, all = 0;
  for (const LabelledScore& pair : pairs) {
    all += pair.is_true ? pair.weight : 0;
    if (pair.score < threshold) continue;
    assigned += pair.weight;
    hits += pair.is_true ? pair.weight : 0;
  }
  return {threshold, assigned > 0 ? hits / assigned : 0, all > 0 ? hits / all : 0,
          assigned + all > 0 ? 2 * hits / (assigned + all) : 0};
}

TEST(Thresholds, MatchATrialOfEveryThreshold) {
  for (uint64_t seed = 0; seed < 10; ++seed) {
    const auto pairs = draw(5 + 20 * seed, seed);
    ThresholdChoice best{0, 0, 0, 0}, lowest{1e9, 0, 0, 0};
    for (double t = -5; t <= 5; t += 0.125) {
      const ThresholdChoice choice = naive(pairs, t);
      const bool is_score = std::any_of(pairs.begin(), pairs.end(),
                                        [&](const LabelledScore& p) { return p.score == t; });
      if (!is_score) continue;
      if (choice.f1 >= best.f1) best = choice;  // the highest of equals
      if (choice.recall > 0 && choice.precision >= 0.8 && t < lowest.threshold) lowest = choice;
    }
    const ThresholdChoice f1 = best_f1_threshold(pairs), precise = precision_threshold(pairs, 0.8);
    EXPECT_NEAR(f1.f1, best.f1, 1e-12);
    EXPECT_NEAR(naive(pairs, f1.threshold).f1, best.f1, 1e-12);
    if (lowest.threshold < 1e9) {
      EXPECT_DOUBLE_EQ(precise.threshold, lowest.threshold);
      EXPECT_NEAR(precise.precision, naive(pairs, precise.threshold).precision, 1e-12);
    } else {
      EXPECT_EQ(naive(pairs, precise.threshold).recall, 0);
    }
  }
  EXPECT_EQ(best_f1_threshold({{1.0, false, 1}}).f1, 0);
  EXPECT_GT(best_f1_threshold({{1.0, false, 1}}).threshold, 1.0)
      << "nothing true: nothing assigned";
  EXPECT_DOUBLE_EQ(shrunk_threshold(3, 10, 1, 30), 1.5);
  EXPECT_DOUBLE_EQ(shrunk_threshold(3, 10, 1, 0), 3);
  EXPECT_DOUBLE_EQ(shrunk_threshold(3, 0, 1, 0), 1);
}

// Min-max formula of isotonic regression: max over begins of min over ends of the weighted mean of
// a run.
TEST(ScoreCalibration, IsotonicMatchesTheMinMaxFormula) {
  for (uint64_t seed = 0; seed < 5; ++seed) {
    auto pairs = draw(60, seed + 50);
    for (size_t i = 0; i < pairs.size(); ++i)
      pairs[i].score += 1e-3 * static_cast<double>(i);  // no ties
    std::sort(pairs.begin(), pairs.end(),
              [](const auto& a, const auto& b) { return a.score < b.score; });
    const ScoreCalibration calibration = ScoreCalibration::isotonic(pairs);
    std::vector<double> fitted(pairs.size(), -1);
    for (size_t i = 0; i < pairs.size(); ++i) {
      for (size_t begin = 0; begin <= i; ++begin) {
        double least = 2;
        for (size_t end = i; end < pairs.size(); ++end) {
          double weight = 0, truth = 0;
          for (size_t j = begin; j <= end; ++j) {
            weight += pairs[j].weight;
            truth += pairs[j].is_true ? pairs[j].weight : 0;
          }
          least = std::min(least, truth / weight);
        }
        fitted[i] = std::max(fitted[i], least);
      }
    }
    // The knots are the mean scores of runs of one value.
    for (size_t begin = 0, end = 0; begin < pairs.size(); begin = end) {
      double weight = 0, score = 0;
      for (; end < pairs.size() && std::abs(fitted[end] - fitted[begin]) < 1e-12; ++end) {
        weight += pairs[end].weight;
        score += pairs[end].weight * pairs[end].score;
      }
      EXPECT_NEAR(calibration.probability(score / weight), fitted[begin], 1e-9);
    }
    for (size_t i = 1; i < pairs.size(); ++i) {
      EXPECT_GE(calibration.probability(pairs[i].score),
                calibration.probability(pairs[i - 1].score) - 1e-12);
    }
  }
  const ScoreCalibration steps =
      ScoreCalibration::isotonic({{0, false, 1}, {1, true, 1}, {2, false, 1}, {3, true, 2}});
  EXPECT_DOUBLE_EQ(steps.probability(-1), 0);
  EXPECT_DOUBLE_EQ(steps.probability(1.5), 0.5) << "1 and 2 are pooled at their mean";
  EXPECT_DOUBLE_EQ(steps.probability(9), 1);
  EXPECT_DOUBLE_EQ(steps.probability(2.25), 0.75);
}

TEST(ScoreCalibration, PlattFindsTheStationaryPointAndIsSaved) {
  const auto pairs = draw(400, 3);
  const ScoreCalibration calibration = ScoreCalibration::platt(pairs);
  double positive = 0, negative = 0, gradient_slope = 0, gradient_offset = 0;
  for (const LabelledScore& pair : pairs) (pair.is_true ? positive : negative) += pair.weight;
  for (const LabelledScore& pair : pairs) {
    const double target = pair.is_true ? (positive + 1) / (positive + 2) : 1 / (negative + 2);
    gradient_slope += pair.weight * (calibration.probability(pair.score) - target) * pair.score;
    gradient_offset += pair.weight * (calibration.probability(pair.score) - target);
  }
  EXPECT_NEAR(gradient_slope, 0, 1e-4);
  EXPECT_NEAR(gradient_offset, 0, 1e-4);
  for (const ScoreCalibration& fitted : {calibration, ScoreCalibration::isotonic(pairs)}) {
    const ScoreCalibration again =
        ScoreCalibration::load(nlohmann::ordered_json::parse(fitted.save().dump()));
    for (double s = -4; s < 4; s += 0.1) EXPECT_EQ(again.probability(s), fitted.probability(s));
  }
  EXPECT_EQ(ScoreCalibration::isotonic({}).probability(1), 0);
}

TEST(FrequencyWeight, FollowsItsFormulas) {
  const std::vector<int64_t> counts = {10, 40, 160};
  const auto weight = [&](const std::string& formula) {
    return FrequencyWeight({formula, 0.5}, counts, 1000);
  };
  EXPECT_DOUBLE_EQ(weight("none").apply(3, 2), 3);
  EXPECT_DOUBLE_EQ(weight("logit").apply(3, 2), 3 - 0.5 * std::log(0.16));
  EXPECT_DOUBLE_EQ(weight("power").apply(3, 2), 3 * std::sqrt(40.0 / 160));
  EXPECT_DOUBLE_EQ(weight("exponential").apply(3, 0), 3 * std::exp(0.5 * (1 - 10.0 / 40)));
  for (const char* formula : {"power", "exponential"})
    EXPECT_DOUBLE_EQ(weight(formula).apply(3, 1), 3) << "the median stays";
}

TEST(FrequencyWeight, ChangesNothingWhereAnAttributeHasItsOwnThreshold) {
  auto pairs = draw(200, 9);
  const double own = best_f1_threshold(pairs).threshold;
  for (const char* formula : {"logit", "power", "exponential"}) {
    const FrequencyWeight weight({formula, 0.7}, {5, 50, 500}, 1000);
    for (int64_t a = 0; a < 3; ++a) {
      auto weighted = pairs;
      for (LabelledScore& pair : weighted) pair.score = weight.apply(pair.score, a);
      const double threshold = best_f1_threshold(weighted).threshold;
      for (size_t i = 0; i < pairs.size(); ++i)
        EXPECT_EQ(pairs[i].score >= own, weighted[i].score >= threshold);
    }
  }
}

TEST(AttributeScores, MatchTheSoftmaxOfDotProducts) {
  CounterRandom random({1, 0, 0, "scores"});
  std::vector<float> attributes(5 * 3), product(3);
  for (float& value : attributes) value = static_cast<float>(random.normal());
  for (float& value : product) value = static_cast<float>(random.normal());
  const std::vector<int64_t> families = {0, 0, 1, 1, 1};
  std::vector<double> raw, weighted, cosine;
  for (size_t a = 0; a < 5; ++a) {
    double sum = 0;
    for (size_t d = 0; d < 3; ++d) sum += static_cast<double>(attributes[a * 3 + d]) * product[d];
    cosine.push_back(10 * sum);
  }
  for (const char* kind : {"similarity", "vocabulary_softmax", "family_softmax"}) {
    const AttributeScores scores(attributes, 3, 10, families, kind,
                                 FrequencyWeight({}, {1, 1, 1, 1, 1}, 1));
    scores.score(product, raw, weighted);
    for (size_t a = 0; a < 5; ++a) {
      double sum = 0;
      for (size_t b = 0; b < 5; ++b) {
        if (std::string(kind) == "vocabulary_softmax" || families[a] == families[b])
          sum += std::exp(cosine[b]);
      }
      const double expected =
          std::string(kind) == "similarity" ? cosine[a] : cosine[a] - std::log(sum);
      EXPECT_NEAR(raw[a], expected, 1e-4) << kind;
      EXPECT_EQ(raw[a], weighted[a]);
    }
  }
}

// A world with known truth: the estimated precision of a score must be the true one, though labels
// are missing.
TEST(LabelWeights, MakePrecisionRightThoughLabelsAreMissing) {
  CounterRandom random({4, 0, 0, "labels"});
  SparsePairs labels;
  labels.num_columns =
      4;  // family 0: the category's two values; family 1: two sleeve lengths, on category 0 alone
  std::vector<int64_t> groups;
  const std::vector<int64_t> family_of = {0, 0, 1, 1};
  std::vector<LabelledScore> truth, labelled, as_false;
  std::vector<std::pair<int64_t, bool>> products;
  std::vector<int> sleeves;
  for (int i = 0; i < 40000; ++i) {
    const int64_t category = random.bernoulli(.5) ? 0 : 1;
    const int sleeve = category == 0 ? static_cast<int>(random.below(2)) : -1;
    const bool is_labelled = sleeve >= 0 && random.bernoulli(.4);
    std::vector<int64_t> row = {category};
    if (is_labelled) row.push_back(2 + sleeve);
    labels.add_row(row);
    groups.push_back(category);
    products.emplace_back(category, is_labelled);
    sleeves.push_back(sleeve);
  }
  const LabelWeights weights("applicable", labels, groups, family_of, 2);
  EXPECT_NEAR(weights.unlabelled(1, 0, false), 0.0, 0.02) << "it applies, it was not said";
  EXPECT_NEAR(weights.unlabelled(1, 1, false), 0.4, 0.02)
      << "it does not apply: one for each 1 / v labelled ones";
  EXPECT_DOUBLE_EQ(weights.unlabelled(1, 1, true), 1.0);
  EXPECT_DOUBLE_EQ(LabelWeights("all", labels, groups, family_of, 2).unlabelled(1, 0, false), 1.0);
  EXPECT_DOUBLE_EQ(LabelWeights("labelled", labels, groups, family_of, 2).unlabelled(1, 0, false),
                   0.0);
  // A classifier that says "sleeve 2" for 80 % of those that have it, 10 % of the other sleeve, 20
  // % of those without sleeves.
  double right = 0, said = 0, weighted_right = 0, weighted_said = 0;
  for (size_t i = 0; i < products.size(); ++i) {
    if (!random.bernoulli(sleeves[i] == 0 ? .8 : sleeves[i] == 1 ? .1 : .2)) continue;
    ++said;
    right += sleeves[i] == 0;
    const bool is_true = products[i].second && sleeves[i] == 0;
    const double weight =
        is_true ? 1.0 : weights.unlabelled(1, products[i].first, products[i].second);
    weighted_said += weight;
    weighted_right += is_true ? weight : 0;
  }
  EXPECT_NEAR(weighted_right / weighted_said, right / said, 0.02);
}

}  // namespace
}  // namespace twinset::pinlanding
