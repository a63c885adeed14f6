// What strategies say of pairs, seen through real losses.
#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/full.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>

#include "framework/losses/info_nce.h"
#include "framework/losses/sup_con.h"
#include "framework/negatives/full_vocabulary.h"
#include "framework/negatives/in_batch.h"
#include "framework/negatives/mixed.h"
#include "framework/negatives/sample_positive.h"
#include "framework/negatives/uniform.h"
#include "tests/testing/toy_towers.h"

namespace twinset {
namespace {

using testing::DrawnBatch;
using testing::ToyTowers;
using testing::TrainingLabels;

std::unique_ptr<Negatives> with_uniform(int64_t num_samples, KnownPositives known,
                                        const NegativesContext& context,
                                        const LogQOptions& log_q = {}) {
  MixParts parts{.sources = {}, .known_positives = known, .log_q = log_q};
  parts.sources.emplace_back("uniform", make_uniform({.num_samples = num_samples}, context));
  return make_mix(std::move(parts), context);
}

std::unique_ptr<Loss> softmax_loss(const std::string& name) {
  if (name == "sup_con") return make_sup_con({.document_weight = 0.0});
  return make_info_nce({.document_weight = 0.0});
}

// One query, all documents: a true document that is not the target gets no gradient, every other
// one does.
TEST(ThroughLosses, MaskedPairsHaveNoGradient) {
  const TrainingLabels training;
  const ToyTowers towers;
  for (const char* name : {"info_nce", "sup_con"}) {
    for (const KnownPositives known : {KnownPositives::kPositive, KnownPositives::kExcluded}) {
      if (std::string(name) == "sup_con" && known == KnownPositives::kPositive)
        continue;  // there they are pulled
      const auto negatives = with_uniform(20, known, training.context());
      const auto loss = softmax_loss(name);
      int num_masked = 0;
      for (int64_t number = 0; number < 20; ++number) {
        const DrawnBatch batch(training, 1, number);
        if (batch.labels.row(0).empty()) continue;
        const at::Tensor queries = testing::unit_rows(1, 4, static_cast<uint64_t>(number));
        const at::Tensor documents = towers.weights.to(at::kDouble).set_requires_grad(true);
        const Candidates candidates =
            negatives->gather(negatives->plan(batch.request()), queries, documents);
        loss->forward(queries, candidates).value.backward();
        for (int64_t j = 0; j < 20; ++j) {
          const double gradient = documents.grad()[j].abs().sum().item<double>();
          const bool is_masked = batch.is_true(0, j) && j != candidates.targets[0];
          EXPECT_EQ(gradient == 0.0, is_masked) << name << ", document " << j;
          num_masked += is_masked;
        }
      }
      EXPECT_GT(num_masked, 10);
    }
  }
}

// A softmax does not see a constant: with log q alike for all, positives corrected too, value and
// gradients stay.
TEST(ThroughLosses, UniformLogQChangesNothingInASoftmax) {
  const TrainingLabels training;
  const auto negatives = make_in_batch({}, training.context());
  const DrawnBatch batch(training, 12, 1);
  for (const char* name : {"info_nce", "sup_con"}) {
    std::vector<double> values;
    std::vector<at::Tensor> gradients;
    for (const double log_q : {0.0, -3.5}) {
      const auto loss = softmax_loss(name);
      const at::Tensor queries = testing::unit_rows(12, 4, 3).set_requires_grad(true);
      DocumentPlan plan = negatives->plan(batch.request());
      const at::Tensor documents =
          testing::unit_rows(static_cast<int64_t>(plan.documents.size()), 4, 4);
      Candidates candidates = negatives->gather(std::move(plan), queries, documents);
      if (log_q != 0)
        candidates.log_q =
            at::full({documents.size(0)}, log_q, at::TensorOptions().dtype(at::kFloat));
      const at::Tensor value = loss->forward(queries, candidates).value;
      value.backward();
      values.push_back(value.item<double>());
      gradients.push_back(queries.grad());
    }
    EXPECT_NEAR(values[0], values[1], 1e-12) << name;
    EXPECT_LT((gradients[0] - gradients[1]).abs().max().item<double>(), 1e-12) << name;
  }
}

// The gradient of one query against sampled candidates, averaged over many batches, against that
// with all documents.
struct SampledGradients {
  at::Tensor full, mean;  // [D]

  SampledGradients(Negatives& sampled, const TrainingLabels& training, int64_t batch_size,
                   int64_t draws) {
    const at::Tensor weights = testing::unit_rows(20, 8, 21);
    const at::Tensor query = testing::unit_rows(1, 8, 22);
    // Row 0 of every batch is the same query with the same draw; the others differ.
    SparsePairs first{.num_columns = 20};
    first.add_row(std::vector<int64_t>{2, 9, 16});
    const auto loss = make_info_nce({.temperature = {.initial = 0.5}, .document_weight = 0.0});
    const auto gradient = [&](Negatives& negatives, const NegativesRequest& request) {
      const auto rows = static_cast<int64_t>(request.samples->size());
      const at::Tensor queries = testing::unit_rows(rows, 8, 23);
      queries[0].copy_(query[0]);
      queries.set_requires_grad(true);
      DocumentPlan plan = negatives.plan(request);
      const at::Tensor documents = select_rows(weights, plan.documents);
      const Candidates candidates = negatives.gather(std::move(plan), queries, documents);
      const auto num_targets = std::count_if(candidates.targets.begin(), candidates.targets.end(),
                                             [](int64_t t) { return t >= 0; });
      loss->forward(queries, candidates).value.backward();
      return queries.grad()[0] * static_cast<double>(num_targets);
    };
    const std::vector<int64_t> one_sample = {999'999};
    full = gradient(*make_full_vocabulary({}, training.context()),
                    {.labels = &first, .samples = &one_sample, .seed = 5});
    mean = at::zeros_like(full);
    for (int64_t number = 0; number < draws; ++number) {
      const DrawnBatch others(training, batch_size - 1, number);
      SparsePairs labels = first;
      std::vector<int64_t> samples = one_sample;
      for (int64_t i = 0; i < batch_size - 1; ++i) {
        labels.add_row(others.labels.row(i));
        samples.push_back(others.samples[static_cast<size_t>(i)]);
      }
      mean +=
          gradient(sampled, {.labels = &labels, .samples = &samples, .seed = 5, .step = number}) /
          static_cast<double>(draws);
    }
  }
  double relative_error() const { return ((mean - full).norm() / full.norm()).item<double>(); }
};

TEST(ThroughLosses, ACorrectedSampledSoftmaxApproachesTheFullOne) {
  at::set_num_threads(1);  // small products
  const TrainingLabels training;
  const int64_t draws = 400;
  const auto error = [&](const LogQOptions& log_q, int64_t batch_size) {
    return SampledGradients(*make_in_batch({.log_q = log_q}, training.context()), training,
                            batch_size, draws)
        .relative_error();
  };
  const double plain = error({}, 24), corrected = error({.estimate = "counts"}, 24),
               larger = error({.estimate = "counts"}, 72);
  RecordProperty(
      "relative_errors",
      fmt::format("plain {:.4f}, corrected {:.4f}, batch of 72 {:.4f}", plain, corrected, larger));
  EXPECT_LT(corrected, 0.5 * plain);
  EXPECT_LT(larger, 0.5 * corrected);
}

}  // namespace
}  // namespace twinset
