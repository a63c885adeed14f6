// Random queries, documents and labels for tests of losses and negatives.
#pragma once

#include <ATen/core/Tensor.h>
#include <ATen/ops/tensor.h>

#include <cmath>
#include <vector>

#include "framework/core/random.h"
#include "framework/negatives/candidates.h"

namespace twinset::testing {

/// [rows, dim] float64, rows of length 1.
inline at::Tensor unit_rows(int64_t rows, int64_t dim, uint64_t seed) {
  CounterRandom random({.seed = seed, .purpose = "unit_rows"});
  std::vector<double> values;
  for (int64_t i = 0; i < rows; ++i) {
    std::vector<double> row;
    double square = 0;
    for (int64_t d = 0; d < dim; ++d) {
      row.push_back(random.normal());
      square += row.back() * row.back();
    }
    for (double value : row) values.push_back(value / std::sqrt(square));
  }
  return at::tensor(at::ArrayRef<double>(values), at::TensorOptions().dtype(at::kDouble))
      .view({rows, dim});
}

/// Candidates over random documents: each pair is positive with probability `positive_share`,
/// excluded with `excluded_share`; a row's target is its first positive.
inline Candidates random_candidates(int64_t rows, int64_t columns, int64_t dim,
                                    double positive_share, double excluded_share, uint64_t seed) {
  CounterRandom random({.seed = seed, .purpose = "random_candidates"});
  Candidates candidates;
  candidates.embeddings = unit_rows(columns, dim, seed + 1000);
  candidates.positives.num_columns = candidates.excluded.num_columns = columns;
  for (int64_t i = 0; i < rows; ++i) {
    std::vector<int64_t> positives, excluded;
    for (int64_t j = 0; j < columns; ++j) {
      const double draw = random.uniform();
      if (draw < positive_share) {
        positives.push_back(j);
      } else if (draw < positive_share + excluded_share) {
        excluded.push_back(j);
      }
    }
    candidates.positives.add_row(positives);
    candidates.excluded.add_row(excluded);
    candidates.targets.push_back(positives.empty() ? -1 : positives.front());
  }
  return candidates;
}

/// One positive a row, on the diagonal; nothing else is known.
inline Candidates diagonal_candidates(int64_t rows, int64_t dim, uint64_t seed) {
  Candidates candidates;
  candidates.embeddings = unit_rows(rows, dim, seed + 1000);
  candidates.positives.num_columns = candidates.excluded.num_columns = rows;
  for (int64_t i = 0; i < rows; ++i) {
    candidates.positives.add_row(std::vector<int64_t>{i});
    candidates.excluded.add_row({});
    candidates.targets.push_back(i);
  }
  return candidates;
}

}  // namespace twinset::testing
