// A training set's labels with attribute families, and batches drawn from it, for tests of
// negatives.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

#include "framework/negatives/classify_pairs.h"
#include "framework/negatives/negatives.h"

namespace twinset::testing {

/// Queries with one document of each of two exclusive families ("category", 6 documents; "colour",
/// 9), frequent and rare ones, and any number of a third that is not exclusive ("occasion", 5). One
/// query in 10 has no document.
struct TrainingLabels {
  SparsePairs labels{.num_columns = 20};
  std::vector<int64_t> families = {0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2};

  explicit TrainingLabels(int64_t num_samples = 400, uint64_t seed = 1) {
    CounterRandom random({.seed = seed, .purpose = "training_labels"});
    const auto skewed = [&](uint64_t bound) {
      return static_cast<int64_t>(std::min(random.below(bound), random.below(bound)));
    };
    for (int64_t i = 0; i < num_samples; ++i) {
      std::vector<int64_t> row;
      if (i % 10 != 3) {
        row = {skewed(6), 6 + skewed(9)};
        for (int64_t j = 15; j < 20; ++j) {
          if (random.bernoulli(0.3)) row.push_back(j);
        }
      }
      labels.add_row(row);
    }
  }

  NegativesContext context() const {
    NegativesContext context{
        .num_documents = labels.num_columns,
        .document_counts = std::vector<int64_t>(static_cast<size_t>(labels.num_columns), 0),
        .document_families = families,
        .num_samples = labels.num_rows(),
        .embedding_dim = 4,
        .labels = &labels};
    for (int64_t document : labels.columns)
      ++context.document_counts[static_cast<size_t>(document)];
    return context;
  }
};

/// A batch of queries drawn from a training set with replacement. `samples` are the rows, or all
/// different numbers if `independent` (then repeated queries draw independently).
struct DrawnBatch {
  SparsePairs labels;
  std::vector<int64_t> samples;
  int64_t step = 0;

  DrawnBatch(const TrainingLabels& training, int64_t size, int64_t number, bool independent = true)
      : step(number) {
    CounterRandom random(
        {.seed = 77, .sample = static_cast<uint64_t>(number), .purpose = "drawn_batch"});
    labels.num_columns = training.labels.num_columns;
    for (int64_t i = 0; i < size; ++i) {
      const auto row =
          static_cast<int64_t>(random.below(static_cast<uint64_t>(training.labels.num_rows())));
      labels.add_row(training.labels.row(row));
      samples.push_back(independent ? number * size + i : row);
    }
  }
  NegativesRequest request() const {
    return {.labels = &labels, .samples = &samples, .seed = 5, .epoch = 0, .step = step};
  }
  bool is_true(int64_t row, int64_t document) const {
    const auto documents = labels.row(row);
    return std::find(documents.begin(), documents.end(), document) != documents.end();
  }
};

/// Every pair's class, recomputed by its definition from the label table alone; columns are
/// distinct documents.
template <class Batch>
void expect_pairs_by_definition(const Candidates& candidates, const Batch& batch,
                                KnownPositives known) {
  const auto& documents = candidates.documents;
  ASSERT_EQ(std::set<int64_t>(documents.begin(), documents.end()).size(), documents.size())
      << "no document counts twice";
  const auto holds = [](const SparsePairs& pairs, int64_t i, int64_t j) {
    const auto row = pairs.row(i);
    return std::find(row.begin(), row.end(), j) != row.end();
  };
  const int64_t rows = batch.labels.num_rows(), columns = static_cast<int64_t>(documents.size());
  ASSERT_EQ(candidates.positives.num_rows(), rows);
  ASSERT_EQ(candidates.excluded.num_rows(), rows);
  ASSERT_EQ(candidates.positives.num_columns, columns);
  ASSERT_EQ(candidates.excluded.num_columns, columns);
  for (int64_t i = 0; i < rows; ++i) {
    const int64_t target = candidates.targets[static_cast<size_t>(i)];
    EXPECT_EQ(target < 0, batch.labels.row(i).empty());
    for (int64_t j = 0; j < columns; ++j) {
      const bool is_true = batch.is_true(i, documents[static_cast<size_t>(j)]);
      const bool is_positive = j == target || (is_true && known == KnownPositives::kPositive);
      EXPECT_TRUE(j != target || is_true) << "target of row " << i;
      EXPECT_EQ(holds(candidates.positives, i, j), is_positive) << i << ", " << j;
      EXPECT_EQ(holds(candidates.excluded, i, j),
                is_true && !is_positive && known == KnownPositives::kExcluded)
          << i << ", " << j;
    }
  }
}

/// A statistic of the candidates by name.
inline double statistic(const Candidates& candidates, const std::string& name) {
  for (const auto& [key, value] : Negatives::statistics(candidates)) {
    if (key == name) return value;
  }
  ADD_FAILURE() << "no statistic " << name;
  return -1;
}

}  // namespace twinset::testing
