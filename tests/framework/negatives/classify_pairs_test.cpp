#include "framework/negatives/classify_pairs.h"

#include <gtest/gtest.h>

#include "framework/core/error.h"
#include "tests/testing/label_batch.h"
#include "tests/testing/training_labels.h"

namespace twinset {
namespace {

TEST(ClassifyPairs, EveryPairIsWhatTheLabelTableSays) {
  for (const KnownPositives known :
       {KnownPositives::kPositive, KnownPositives::kExcluded, KnownPositives::kNegative}) {
    const testing::LabelBatch batch(40, 15, 0.3, 1);
    Candidates candidates;
    candidates.documents = {3, 14, 0, 7, 9, 1, 12, 2, 4, 5, 6, 8, 10, 11, 13};
    std::vector<int64_t> drawn;
    for (int64_t i = 0; i < 40; ++i)
      drawn.push_back(batch.labels.row(i).empty() ? -1 : batch.labels.row(i).back());
    classify_pairs(batch.labels, drawn, known, false, candidates);
    testing::expect_pairs_by_definition(candidates, batch, known);
    for (size_t i = 0; i < 40; ++i) {
      EXPECT_EQ(drawn[i], candidates.targets[i] < 0
                              ? -1
                              : candidates.documents[static_cast<size_t>(candidates.targets[i])]);
    }
  }
}

TEST(ClassifyPairs, WithOneColumnAQueryRepeatsOfTheTargetAreNoNegatives) {
  SparsePairs labels{.num_columns = 3};
  for (const auto& row : std::vector<std::vector<int64_t>>{{0, 2}, {0}, {}, {2}})
    labels.add_row(row);
  const std::vector<int64_t> drawn = {0, 0, -1, 2};
  Candidates candidates;
  candidates.documents = {0, 0, 2};
  classify_pairs(labels, drawn, KnownPositives::kExcluded, true, candidates);
  EXPECT_EQ(candidates.targets, (std::vector<int64_t>{0, 1, -1, 2}));
  EXPECT_EQ(candidates.positives.columns, (std::vector<int64_t>{0, 1, 2}));
  EXPECT_EQ(candidates.excluded.columns, (std::vector<int64_t>{1, 2, 0}));
  classify_pairs(labels, drawn, KnownPositives::kPositive, true, candidates);
  EXPECT_EQ(candidates.positives.columns, (std::vector<int64_t>{0, 1, 2, 0, 1, 2}));
  EXPECT_EQ(candidates.excluded.num_pairs(), 0);
}

TEST(ClassifyPairs, AnUnknownRuleIsTold) {
  EXPECT_EQ(parse_known_positives("excluded"), KnownPositives::kExcluded);
  EXPECT_THROW(parse_known_positives("masked"), ConfigError);
}

}  // namespace
}  // namespace twinset
