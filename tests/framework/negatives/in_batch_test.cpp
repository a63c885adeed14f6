#include "framework/negatives/in_batch.h"

#include <gtest/gtest.h>

#include "tests/testing/label_batch.h"

namespace twinset {
namespace {

using testing::as_set;
using testing::LabelBatch;

TEST(InBatch, ColumnsAreTheDistinctDocumentsDrawn) {
  const LabelBatch batch(40, 12, 0.3, 1);
  const DocumentPlan plan = make_in_batch({}, {})->plan(batch.request());
  EXPECT_TRUE(std::is_sorted(plan.documents.begin(), plan.documents.end()));
  EXPECT_EQ(std::set<int64_t>(plan.documents.begin(), plan.documents.end()).size(),
            plan.documents.size());
  for (size_t i = 0; i < 40; ++i) {
    const int64_t target = plan.candidates.targets[i];
    if (batch.labels.row(static_cast<int64_t>(i)).empty()) {
      EXPECT_EQ(target, -1);
    } else {
      EXPECT_TRUE(batch.is_true(i, plan.documents[static_cast<size_t>(target)])) << "row " << i;
    }
  }
}

TEST(InBatch, EveryKnownPositiveAmongTheColumnsIsPositive) {
  for (bool deduplicate : {true, false}) {
    const LabelBatch batch(30, 9, 0.4, 2);
    const DocumentPlan plan =
        make_in_batch({.deduplicate = deduplicate}, {})->plan(batch.request());
    for (size_t i = 0; i < 30; ++i) {
      std::set<int64_t> expected;
      for (size_t j = 0; j < plan.documents.size(); ++j) {
        if (batch.is_true(i, plan.documents[j])) expected.insert(static_cast<int64_t>(j));
      }
      EXPECT_EQ(as_set(plan.candidates.positives.row(static_cast<int64_t>(i))), expected);
      EXPECT_TRUE(plan.candidates.excluded.row(static_cast<int64_t>(i)).empty());
    }
  }
}

TEST(InBatch, ThePlainFormIsTheDiagonal) {
  const LabelBatch batch(20, 6, 0.5, 3);
  const DocumentPlan plan = make_in_batch({.deduplicate = false, .known_positives = "negative"}, {})
                                ->plan(batch.request());
  ASSERT_EQ(plan.documents.size(), 19u);  // row 0 has no document
  EXPECT_EQ(plan.candidates.targets[0], -1);
  for (int64_t i = 1; i < 20; ++i) {
    EXPECT_EQ(plan.candidates.targets[static_cast<size_t>(i)], i - 1);
    EXPECT_EQ(as_set(plan.candidates.positives.row(i)), std::set<int64_t>{i - 1});
  }
}

TEST(InBatch, DrawsDependOnSeedEpochAndSampleAlone) {
  const LabelBatch batch(50, 12, 0.4, 4);
  const auto negatives = make_in_batch({.deduplicate = false}, {});
  EXPECT_EQ(negatives->plan(batch.request()).documents, negatives->plan(batch.request()).documents);
  EXPECT_NE(negatives->plan(batch.request()).documents,
            negatives->plan(batch.request(2)).documents);
  EXPECT_NE(negatives->plan(batch.request()).documents,
            negatives->plan(batch.request(1, 1)).documents);
  // The second half of the batch alone draws what it draws within the batch.
  LabelBatch half = batch;
  half.labels = SparsePairs{.num_columns = 12};
  half.samples.clear();
  for (int64_t i = 25; i < 50; ++i) {
    half.labels.add_row(batch.labels.row(i));
    half.samples.push_back(batch.samples[static_cast<size_t>(i)]);
  }
  const auto all = negatives->plan(batch.request()).documents,
             part = negatives->plan(half.request()).documents;
  EXPECT_TRUE(std::equal(part.rbegin(), part.rend(), all.rbegin()));
}

TEST(InBatch, DrawsAreUniformOverTheTrueDocuments) {
  SparsePairs labels{.num_columns = 5};
  std::vector<int64_t> samples;
  for (int64_t i = 0; i < 6000; ++i) {
    labels.add_row(std::vector<int64_t>{0, 2, 4});
    samples.push_back(i);
  }
  const auto plan = make_in_batch({.deduplicate = false}, {})
                        ->plan({.labels = &labels, .samples = &samples, .seed = 5});
  std::vector<int> counts(5);
  for (int64_t document : plan.documents) ++counts[static_cast<size_t>(document)];
  // Deviation of a share of 1/3 in 6,000 draws: 36.5; five of them.
  for (size_t j : {0u, 2u, 4u}) EXPECT_NEAR(counts[j], 2000, 183);
}

}  // namespace
}  // namespace twinset
