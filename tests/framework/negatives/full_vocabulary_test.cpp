#include "framework/negatives/full_vocabulary.h"

#include <gtest/gtest.h>

#include "tests/testing/label_batch.h"

namespace twinset {
namespace {

TEST(FullVocabulary, EveryDocumentIsAColumnAndEveryTruePairPositive) {
  const testing::LabelBatch batch(15, 8, 0.3, 1);
  const DocumentPlan plan =
      make_full_vocabulary({}, {.num_documents = 8, .document_counts = {}})->plan(batch.request());
  EXPECT_EQ(plan.documents, (std::vector<int64_t>{0, 1, 2, 3, 4, 5, 6, 7}));
  EXPECT_EQ(plan.candidates.positives.columns, batch.labels.columns);
  EXPECT_EQ(plan.candidates.excluded.num_rows(), 15);
  for (size_t i = 0; i < 15; ++i) {
    const int64_t target = plan.candidates.targets[i];
    EXPECT_TRUE(target < 0 || batch.is_true(i, target));
    EXPECT_EQ(target < 0, batch.labels.row(static_cast<int64_t>(i)).empty());
  }
}

TEST(FullVocabulary, StatisticsCountPairs) {
  const testing::LabelBatch batch(15, 8, 0.3, 1);
  const DocumentPlan plan =
      make_full_vocabulary({}, {.num_documents = 8, .document_counts = {}})->plan(batch.request());
  const auto statistics = Negatives::statistics(plan.candidates);
  EXPECT_EQ(statistics[0], std::pair(std::string("num_candidates"), 8.0));
  EXPECT_DOUBLE_EQ(statistics[1].second, static_cast<double>(batch.labels.num_pairs()) / 15);
}

}  // namespace
}  // namespace twinset
