// Sparse pairs (row, column): which document is positive for which query, without a [rows, columns]
// matrix.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace twinset {

/// A boolean matrix in compressed rows: the columns of row i are columns[row_offsets[i] ..
/// row_offsets[i + 1]), ascending and without repeats.
struct SparsePairs {
  std::vector<int64_t> row_offsets = {0};  ///< [num_rows + 1]
  std::vector<int64_t> columns;            ///< [number of pairs]
  int64_t num_columns = 0;

  int64_t num_rows() const { return static_cast<int64_t>(row_offsets.size()) - 1; }
  int64_t num_pairs() const { return static_cast<int64_t>(columns.size()); }
  std::span<const int64_t> row(int64_t i) const {
    const auto begin = row_offsets[static_cast<size_t>(i)],
               end = row_offsets[static_cast<size_t>(i) + 1];
    return {columns.data() + begin, static_cast<size_t>(end - begin)};
  }
  /// Appends a row; its columns must be ascending.
  void add_row(std::span<const int64_t> row_columns) {
    columns.insert(columns.end(), row_columns.begin(), row_columns.end());
    row_offsets.push_back(static_cast<int64_t>(columns.size()));
  }
};

}  // namespace twinset
