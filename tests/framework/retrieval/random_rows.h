#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "framework/core/random.h"
#include "framework/retrieval/index.h"

namespace twinset::testing {

/// Rows that own their values.
struct Rows {
  std::vector<float> values;
  int64_t num_rows = 0;
  int64_t dim = 0;
  operator FloatRows() const { return {values.data(), num_rows, dim}; }
};

/// Unit rows in random directions.
inline Rows random_unit_rows(int64_t num_rows, int64_t dim, uint64_t seed) {
  Rows rows{{}, num_rows, dim};
  CounterRandom random({.seed = seed, .purpose = "rows"});
  for (int64_t i = 0; i < num_rows; ++i) {
    double norm = 0.0;
    for (int64_t d = 0; d < dim; ++d) {
      rows.values.push_back(static_cast<float>(random.uniform() - 0.5));
      norm += static_cast<double>(rows.values.back()) * rows.values.back();
    }
    for (int64_t d = 0; d < dim; ++d)
      rows.values[static_cast<size_t>(i * dim + d)] /= static_cast<float>(std::sqrt(norm));
  }
  return rows;
}

/// Rows of small whole numbers: every sum is exact in float32 in any order, and many scores are
/// equal.
inline Rows random_integer_rows(int64_t num_rows, int64_t dim, uint64_t seed) {
  Rows rows{{}, num_rows, dim};
  CounterRandom random({.seed = seed, .purpose = "rows"});
  for (int64_t i = 0; i < num_rows * dim; ++i)
    rows.values.push_back(std::floor(static_cast<float>(random.uniform() * 5)) - 2);
  return rows;
}

}  // namespace twinset::testing
