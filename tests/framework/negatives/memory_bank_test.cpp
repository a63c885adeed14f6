#include "framework/negatives/memory_bank.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "framework/negatives/mixed.h"
#include "tests/testing/toy_towers.h"

namespace twinset {
namespace {

using testing::DrawnBatch;
using testing::run_step;
using testing::statistic;
using testing::ToyTowers;
using testing::TrainingLabels;

std::unique_ptr<Negatives> with_bank(const MemoryBankOptions& options,
                                     const NegativesContext& context) {
  MixParts parts;
  parts.sources.emplace_back("memory_bank", make_memory_bank(options, context));
  return make_mix(std::move(parts), context);
}

TEST(MemoryBank, EachDocumentsEmbeddingMovesTowardsItsLast) {
  const TrainingLabels training;
  ToyTowers towers;
  const double m = 0.6;
  const auto negatives = with_bank({.num_samples = 20, .momentum = m}, towers.context(training));
  std::map<int64_t, std::vector<double>> bank;
  std::map<int64_t, int64_t> made_at;
  for (int64_t step = 0; step < 15; ++step) {
    towers.train(static_cast<uint64_t>(step));
    const DrawnBatch batch(training, 3, step);
    const auto fresh = negatives->plan(batch.request()).documents;
    double age = 0;
    for (const auto& [document, made] : made_at)
      age += static_cast<double>(step - made) / static_cast<double>(made_at.size());
    const Candidates candidates = run_step(*negatives, batch, towers);
    testing::expect_pairs_by_definition(candidates, batch, KnownPositives::kPositive);
    std::set<int64_t> all(fresh.begin(), fresh.end());
    for (const auto& [document, embedding] : bank) all.insert(document);
    EXPECT_EQ(std::set<int64_t>(candidates.documents.begin(), candidates.documents.end()), all)
        << "as many as there are";
    for (size_t j = fresh.size(); j < candidates.documents.size(); ++j) {
      for (int64_t d = 0; d < 4; ++d) {
        EXPECT_NEAR(candidates.embeddings[static_cast<int64_t>(j)][d].item<double>(),
                    bank.at(candidates.documents[j])[static_cast<size_t>(d)], 1e-6);
      }
    }
    EXPECT_NEAR(statistic(candidates, "memory_bank.age"), age, 1e-12);
    for (int64_t document : fresh) {
      std::vector<double> moved(4);
      double square = 0;
      const bool is_new = bank.count(document) == 0;
      for (int64_t d = 0; d < 4; ++d) {
        const double now = towers.weights[document][d].item<double>();
        moved[static_cast<size_t>(d)] =
            is_new ? now : m * bank[document][static_cast<size_t>(d)] + (1 - m) * now;
        square += moved[static_cast<size_t>(d)] * moved[static_cast<size_t>(d)];
      }
      for (double& value : moved) value /= std::sqrt(square);
      bank[document] = moved;
      made_at[document] = step;
    }
  }
}

TEST(MemoryBank, DrawsUniformlyFromWhatItHolds) {
  const TrainingLabels training;
  ToyTowers towers;
  const NegativesContext context = towers.context(training);
  const auto source = make_memory_bank({.num_samples = 4}, context);
  EXPECT_TRUE(source->propose({.seed = 1}, {}).remembered.empty()) << "it holds nothing yet";
  FinishedStep step{.samples = {},
                    .queries = {},
                    .documents = {2, 3, 5, 8, 9, 11, 14, 15, 17, 19},
                    .is_drawn = {},
                    .embeddings = {}};
  step.embeddings = select_rows(towers.weights, step.documents);
  source->finish_step(step);
  std::map<int64_t, double> counts;
  const int steps = 5000;
  for (int64_t s = 0; s < steps; ++s) {
    const ProposedColumns columns = source->propose({.seed = 3, .step = s}, {});
    ASSERT_EQ(columns.remembered.size(), 4u);
    for (size_t k = 0; k < 4; ++k) {
      ++counts[columns.remembered[k]];
      EXPECT_TRUE(columns.embeddings[static_cast<int64_t>(k)].allclose(
          towers.weights[columns.remembered[k]]));
    }
  }
  ASSERT_EQ(counts.size(), 10u);
  double chi_square = 0;
  for (const auto& [document, count] : counts) {
    chi_square += (count - steps * 0.4) * (count - steps * 0.4) / (steps * 0.4);
    EXPECT_DOUBLE_EQ(source->law(document).per_step, 0.4);
  }
  EXPECT_LT(chi_square, 45.0) << "9 degrees of freedom: with probability 9e-7";
  EXPECT_EQ(source->law(4).per_step, 0.0) << "not in the bank";
}

}  // namespace
}  // namespace twinset
