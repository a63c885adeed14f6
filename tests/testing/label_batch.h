// A small batch with labels, for tests of negatives.
#pragma once

#include <algorithm>
#include <set>
#include <vector>

#include "framework/negatives/negatives.h"

namespace twinset::testing {

/// Labels of `rows` queries over `documents` documents, each pair true with probability `share`;
/// row 0 has none.
struct LabelBatch {
  SparsePairs labels;
  std::vector<int64_t> samples;

  LabelBatch(int64_t rows, int64_t documents, double share, uint64_t seed) {
    CounterRandom random({.seed = seed, .purpose = "label_batch"});
    labels.num_columns = documents;
    for (int64_t i = 0; i < rows; ++i) {
      std::vector<int64_t> row;
      for (int64_t j = 0; j < documents; ++j) {
        if (i > 0 && random.bernoulli(share)) row.push_back(j);
      }
      labels.add_row(row);
      samples.push_back(100 + i);
    }
  }
  NegativesRequest request(uint64_t seed = 1, int64_t epoch = 0) const {
    return {.labels = &labels, .samples = &samples, .seed = seed, .epoch = epoch};
  }
  bool is_true(size_t row, int64_t document) const {
    const auto documents = labels.row(static_cast<int64_t>(row));
    return std::find(documents.begin(), documents.end(), document) != documents.end();
  }
};

inline std::set<int64_t> as_set(std::span<const int64_t> row) { return {row.begin(), row.end()}; }

}  // namespace twinset::testing
