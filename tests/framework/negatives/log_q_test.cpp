#include "framework/negatives/log_q.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "framework/negatives/builtin.h"
#include "framework/negatives/in_batch.h"
#include "framework/negatives/mixed.h"
#include "framework/negatives/same_family.h"
#include "framework/negatives/uniform.h"
#include "tests/testing/training_labels.h"

namespace twinset {
namespace {

using testing::DrawnBatch;
using testing::TrainingLabels;

/// Candidate columns of each document in many steps, and the log q that the steps gave it (one
/// number if it is a law).
struct Frequencies {
  std::vector<double> counts = std::vector<double>(20),
                      log_q = std::vector<double>(20, std::nan(""));
  bool is_constant = true;

  Frequencies(Negatives& negatives, const TrainingLabels& training, int64_t batch_size,
              int64_t steps) {
    for (int64_t step = 0; step < steps; ++step) {
      const DrawnBatch batch(training, batch_size, step);
      const Candidates candidates = negatives.plan(batch.request()).candidates;
      for (size_t j = 0; j < candidates.documents.size(); ++j) {
        const auto document = static_cast<size_t>(candidates.documents[j]);
        const double value = candidates.log_q[static_cast<int64_t>(j)].item<double>();
        is_constant = is_constant && (std::isnan(log_q[document]) || log_q[document] == value);
        log_q[document] = value;
        ++counts[document];
      }
    }
  }
  /// Empirical shares of steps agree with exp(log q) within `deviations` of a binomial's.
  void expect_agreement(double steps, double deviations) const {
    EXPECT_TRUE(is_constant);
    int compared = 0;
    for (size_t j = 0; j < counts.size(); ++j) {
      if (counts[j] == 0) continue;
      const double q = std::exp(log_q[j]);
      const double variance =
          std::max(q < 1 ? q * (1 - q) : q, 1e-3);  // more than one column a step: about Poisson
      EXPECT_NEAR(counts[j] / steps, q, deviations * std::sqrt(variance / steps))
          << "document " << j;
      ++compared;
    }
    EXPECT_GT(compared, 15);
  }
};

constexpr int64_t kSteps = 4000;

TEST(LogQ, InBatchIsTheLogOfTheProbabilityToBeThere) {
  const TrainingLabels training;
  const auto negatives = make_in_batch({.log_q = {.estimate = "counts"}}, training.context());
  Frequencies(*negatives, training, 8, kSteps).expect_agreement(kSteps, 5);
}

TEST(LogQ, WithOneColumnAQueryItIsTheLogOfTheExpectedNumber) {
  const TrainingLabels training;
  const auto negatives =
      make_in_batch({.deduplicate = false, .log_q = {.estimate = "counts"}}, training.context());
  Frequencies(*negatives, training, 8, kSteps).expect_agreement(kSteps, 5);
}

TEST(LogQ, AMixtureIsTheUnionOfItsSources) {
  const TrainingLabels training;
  MixParts parts{.sources = {}, .log_q = {.estimate = "counts"}};
  parts.sources.emplace_back("same_family",
                             make_same_family({.num_per_query = 2}, training.context()));
  parts.sources.emplace_back("uniform", make_uniform({.num_samples = 3}, training.context()));
  const auto negatives = make_mix(std::move(parts), training.context());
  Frequencies(*negatives, training, 4, kSteps).expect_agreement(kSteps, 5);
}

TEST(LogQ, TheSketchLearnsTheSameFromTheSteps) {
  const TrainingLabels training;
  const auto counts = make_in_batch({.log_q = {.estimate = "counts"}}, training.context());
  const auto sketch = make_in_batch(
      {.log_q = {.estimate = "count_min_sketch", .sketch_width = 4096}}, training.context());
  for (int64_t step = 0; step < kSteps; ++step) {
    const DrawnBatch batch(training, 8, step);
    sketch->plan(batch.request());
    sketch->finish_step();
  }
  const DrawnBatch batch(training, 40, kSteps);
  const Candidates expected = counts->plan(DrawnBatch(training, 8, 0).request()).candidates;
  const Candidates learned = sketch->plan(batch.request()).candidates;
  std::vector<double> by_document(20, std::nan(""));
  for (size_t j = 0; j < learned.documents.size(); ++j) {
    by_document[static_cast<size_t>(learned.documents[j])] =
        learned.log_q[static_cast<int64_t>(j)].item<double>();
  }
  ASSERT_GT(expected.documents.size(), 4u);
  for (size_t j = 0; j < expected.documents.size(); ++j) {
    const double q = std::exp(expected.log_q[static_cast<int64_t>(j)].item<double>());
    const double estimate = std::exp(by_document[static_cast<size_t>(expected.documents[j])]);
    if (!std::isnan(estimate)) {
      EXPECT_NEAR(estimate, q, 5 * std::sqrt(q / kSteps) + 1.0 / kSteps);
    }
  }
}

TEST(LogQ, ASkippedStepIsNotCounted) {
  const TrainingLabels training;
  const auto negatives =
      make_in_batch({.log_q = {.estimate = "count_min_sketch"}}, training.context());
  const auto sum_of_state = [&] { return negatives->state()[0].second.sum().item<int64_t>(); };
  negatives->plan(DrawnBatch(training, 8, 0).request());
  EXPECT_EQ(sum_of_state(), 0) << "plan changes nothing";
  const auto columns =
      static_cast<int64_t>(negatives->plan(DrawnBatch(training, 8, 1).request()).documents.size());
  negatives->finish_step();
  EXPECT_EQ(sum_of_state(), columns * 4) << "depth 4";
}

TEST(LogQ, WhatItNeedsIsTold) {
  try {
    make_in_batch({.log_q = {.estimate = "counts"}}, {.num_documents = 20});
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_STREQ(error.what(),
                 "negatives.log_q.estimate: counts needs the training set's label table, expected "
                 "NegativesContext::labels; hand it in, or set count_min_sketch");
  }
}

TEST(LogQ, NoneLeavesItUndefined) {
  const TrainingLabels training;
  EXPECT_FALSE(make_in_batch({}, training.context())
                   ->plan(DrawnBatch(training, 8, 0).request())
                   .candidates.log_q.defined());
}

}  // namespace
}  // namespace twinset
