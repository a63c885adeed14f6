// What strategies say of pairs, seen through real losses.
#include <ATen/TensorOperators.h>
#include <ATen/ops/full.h>
#include <gtest/gtest.h>

#include "framework/losses/info_nce.h"
#include "framework/losses/sup_con.h"
#include "framework/negatives/in_batch.h"
#include "framework/negatives/mixed.h"
#include "framework/negatives/uniform.h"
#include "tests/testing/toy_towers.h"

namespace twinset {
namespace {

using testing::DrawnBatch;
using testing::ToyTowers;
using testing::TrainingLabels;

std::unique_ptr<Negatives> with_uniform(int64_t num_samples, KnownPositives known, const NegativesContext& context) {
  MixParts parts{.sources = {}, .known_positives = known};
  parts.sources.emplace_back("uniform", make_uniform({.num_samples = num_samples}, context));
  return make_mix(std::move(parts), context);
}

std::unique_ptr<Loss> softmax_loss(const std::string& name) {
  if (name == "sup_con") return make_sup_con({.document_weight = 0.0});
  return make_info_nce({.document_weight = 0.0});
}

// One query, all documents: a true document that is not the target gets no gradient, every other one does.
TEST(ThroughLosses, MaskedPairsHaveNoGradient) {
  const TrainingLabels training;
  const ToyTowers towers;
  for (const char* name : {"info_nce", "sup_con"}) {
    for (const KnownPositives known : {KnownPositives::kPositive, KnownPositives::kExcluded}) {
      if (std::string(name) == "sup_con" && known == KnownPositives::kPositive) continue;  // there they are pulled
      const auto negatives = with_uniform(20, known, training.context());
      const auto loss = softmax_loss(name);
      int num_masked = 0;
      for (int64_t number = 0; number < 20; ++number) {
        const DrawnBatch batch(training, 1, number);
        if (batch.labels.row(0).empty()) continue;
        const at::Tensor queries = testing::unit_rows(1, 4, static_cast<uint64_t>(number));
        const at::Tensor documents = towers.weights.to(at::kDouble).set_requires_grad(true);
        const Candidates candidates = negatives->gather(negatives->plan(batch.request()), queries, documents);
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

// A softmax does not see a constant: with log q alike for all, positives corrected too, value and gradients stay.
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
      const at::Tensor documents = testing::unit_rows(static_cast<int64_t>(plan.documents.size()), 4, 4);
      Candidates candidates = negatives->gather(std::move(plan), queries, documents);
      if (log_q != 0) candidates.log_q = at::full({documents.size(0)}, log_q, at::TensorOptions().dtype(at::kFloat));
      const at::Tensor value = loss->forward(queries, candidates).value;
      value.backward();
      values.push_back(value.item<double>());
      gradients.push_back(queries.grad());
    }
    EXPECT_NEAR(values[0], values[1], 1e-12) << name;
    EXPECT_LT((gradients[0] - gradients[1]).abs().max().item<double>(), 1e-12) << name;
  }
}

}  // namespace
}  // namespace twinset
