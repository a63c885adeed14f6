#include "framework/negatives/queue.h"

#include <ATen/TensorOperators.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <deque>

#include "framework/negatives/mixed.h"
#include "tests/testing/toy_towers.h"

namespace twinset {
namespace {

using testing::DrawnBatch;
using testing::run_step;
using testing::statistic;
using testing::ToyTowers;
using testing::TrainingLabels;

std::unique_ptr<Negatives> with_queue(const QueueOptions& options, const NegativesContext& context,
                                      const LogQOptions& log_q = {},
                                      KnownPositives known = KnownPositives::kPositive) {
  MixParts parts{.sources = {}, .known_positives = known, .log_q = log_q};
  parts.sources.emplace_back("queue", make_queue(options, context));
  return make_mix(std::move(parts), context);
}

struct Entry {
  int64_t document, step;
  at::Tensor embedding;
};

// What stands behind the fresh columns: of each document that is not fresh, the newest entry,
// newest first.
std::vector<Entry> expected_columns(const std::deque<Entry>& entries,
                                    const std::vector<int64_t>& fresh) {
  std::set<int64_t> seen(fresh.begin(), fresh.end());
  std::vector<Entry> columns;
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
    if (seen.insert(entry->document).second) columns.push_back(*entry);
  }
  return columns;
}

// Sizes below, near and above what a step draws, so that the ring wraps within a step and the queue
// is overrun by one.
TEST(Queue, IsFirstInFirstOutAndTheNewestOfADocumentStands) {
  const TrainingLabels training;
  for (const int64_t size : {3, 7, 25, 1000}) {
    ToyTowers towers;
    const auto negatives = with_queue({.size = size}, towers.context(training));
    std::deque<Entry> entries;
    for (int64_t step = 0; step < 12; ++step) {
      towers.train(static_cast<uint64_t>(step));
      const DrawnBatch batch(training, 3, step);
      const DocumentPlan plan = negatives->plan(batch.request());
      const auto expected = expected_columns(entries, plan.documents);
      const Candidates candidates = run_step(*negatives, batch, towers);
      ASSERT_EQ(candidates.documents.size(), plan.documents.size() + expected.size())
          << "size " << size << ", step " << step;
      testing::expect_pairs_by_definition(candidates, batch, KnownPositives::kPositive);
      double age = 0;
      for (size_t k = 0; k < expected.size(); ++k) {
        const auto column = static_cast<int64_t>(plan.documents.size() + k);
        EXPECT_EQ(candidates.documents[static_cast<size_t>(column)], expected[k].document);
        EXPECT_TRUE(candidates.embeddings[column].equal(expected[k].embedding));
      }
      for (const Entry& entry : expected_columns(entries, {}))
        age += static_cast<double>(step - entry.step);
      if (!entries.empty()) {
        EXPECT_NEAR(statistic(candidates, "queue.age"),
                    age / static_cast<double>(expected_columns(entries, {}).size()), 1e-12);
      }
      EXPECT_EQ(statistic(candidates, "queue.num_entries"), static_cast<double>(entries.size()));
      for (int64_t document : plan.documents)
        entries.push_back({document, step, towers.weights[document].clone()});
      while (static_cast<int64_t>(entries.size()) > size) entries.pop_front();
    }
    EXPECT_EQ(static_cast<int64_t>(entries.size()) == size, size < 1000)
        << "all but the largest wrap";
  }
}

TEST(Queue, RememberedColumnsCarryNoGradient) {
  const TrainingLabels training;
  ToyTowers towers;
  const auto negatives = with_queue({.size = 50}, towers.context(training));
  for (int64_t step = 0; step < 3; ++step)
    run_step(*negatives, DrawnBatch(training, 4, step), towers);
  DocumentPlan plan = negatives->plan(DrawnBatch(training, 2, 9).request());
  const at::Tensor fresh = select_rows(towers.weights, plan.documents).set_requires_grad(true);
  const auto num_fresh = fresh.size(0);
  const Candidates candidates =
      negatives->gather(std::move(plan), testing::unit_rows(2, 4, 1).to(at::kFloat), fresh);
  ASSERT_GT(candidates.embeddings.size(0), num_fresh);
  candidates.embeddings.sum().backward();
  EXPECT_TRUE(fresh.grad().eq(1.0).all().item<bool>());
  for (const auto& [name, tensor] : negatives->state())
    EXPECT_FALSE(tensor.requires_grad()) << name;
}

TEST(Queue, FillsButWaitsForTheWarmUp) {
  const TrainingLabels training;
  ToyTowers towers;
  const auto negatives = with_queue({.size = 50, .start_step = 4}, towers.context(training));
  for (int64_t step = 0; step < 6; ++step) {
    const Candidates candidates = run_step(*negatives, DrawnBatch(training, 3, step), towers);
    EXPECT_EQ(statistic(candidates, "share.queue") > 0, step >= 4) << step;
    EXPECT_EQ(statistic(candidates, "queue.num_entries") > 0, step >= 1) << step;
  }
}

TEST(Queue, WithMomentumItRemembersWhatTheSlowTowerSaysAfterItsMove) {
  const TrainingLabels training;
  ToyTowers towers;
  const double m = 0.75;
  at::Tensor slow = towers.weights.clone();
  const auto negatives = with_queue({.size = 100, .momentum = m}, towers.context(training));
  std::deque<Entry> entries;
  for (int64_t step = 0; step < 5; ++step) {
    towers.train(static_cast<uint64_t>(step));
    const DrawnBatch batch(training, 3, step);
    const auto documents = negatives->plan(batch.request()).documents;
    const auto expected = expected_columns(entries, documents);
    const Candidates candidates = run_step(*negatives, batch, towers);
    for (size_t k = 0; k < expected.size(); ++k) {
      EXPECT_TRUE(candidates.embeddings[static_cast<int64_t>(documents.size() + k)].allclose(
          expected[k].embedding, 1e-6, 1e-7));
    }
    slow = slow * m + towers.weights * (1 - m);
    for (int64_t document : documents) entries.push_back({document, step, slow[document].clone()});
  }
  bool has_weights = false;
  for (const auto& [name, tensor] : negatives->state()) {
    if (name != "queue.momentum.weights") continue;
    has_weights = true;
    EXPECT_TRUE(tensor.allclose(slow, 1e-6, 1e-7));
  }
  EXPECT_TRUE(has_weights);
  EXPECT_THROW(make_queue({.momentum = 0.9}, training.context()), ConfigError);
}

TEST(Queue, ASkippedStepIsForgotten) {
  const TrainingLabels training;
  ToyTowers towers;
  const auto negatives = with_queue({.size = 20}, towers.context(training));
  run_step(*negatives, DrawnBatch(training, 3, 0), towers);
  std::vector<at::Tensor> before;
  for (const auto& [name, tensor] : negatives->state()) before.push_back(tensor.clone());
  DocumentPlan plan = negatives->plan(DrawnBatch(training, 3, 1).request());
  const at::Tensor documents = select_rows(towers.weights, plan.documents);
  negatives->gather(std::move(plan), testing::unit_rows(3, 4, 1), documents);
  const NamedTensors after = negatives->state();
  for (size_t k = 0; k < before.size(); ++k)
    EXPECT_TRUE(before[k].equal(after[k].second)) << after[k].first;
}

TEST(Queue, LogQIsTheProbabilityToBeFreshOrRemembered) {
  const TrainingLabels training;
  ToyTowers towers;
  const int64_t batch_size = 4, size = 24, steps = 6000;
  const auto negatives =
      with_queue({.size = size}, towers.context(training), {.estimate = "counts"});
  std::vector<double> present(20), expected(20), seen(20);
  for (int64_t step = 0; step < steps; ++step) {
    const Candidates candidates =
        run_step(*negatives, DrawnBatch(training, batch_size, step), towers);
    for (size_t j = 0; j < candidates.documents.size(); ++j) {
      const auto document = static_cast<size_t>(candidates.documents[j]);
      ++present[document];
      expected[document] += std::exp(candidates.log_q[static_cast<int64_t>(j)].item<double>());
      ++seen[document];
    }
  }
  // The queue's first step counts whole although part of it has left: a few percent too much.
  for (size_t j = 0; j < 20; ++j) {
    if (seen[j] > 0) {
      EXPECT_NEAR(present[j] / steps, expected[j] / seen[j], 0.06) << "document " << j;
    }
  }
}

}  // namespace
}  // namespace twinset
