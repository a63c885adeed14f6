// Private to this folder: sparse pairs with rows and columns exchanged.
#pragma once

#include <vector>

#include "framework/core/sparse_pairs.h"

namespace twinset {

struct TransposedPairs {
  SparsePairs pairs;
  std::vector<int64_t> order;  ///< [number of pairs] where a transposed pair stands in the original
};

inline TransposedPairs transpose(const SparsePairs& in) {
  TransposedPairs out;
  out.pairs.num_columns = in.num_rows();
  out.pairs.row_offsets.assign(static_cast<size_t>(in.num_columns) + 1, 0);
  for (int64_t column : in.columns) ++out.pairs.row_offsets[static_cast<size_t>(column) + 1];
  for (size_t j = 1; j < out.pairs.row_offsets.size(); ++j) out.pairs.row_offsets[j] += out.pairs.row_offsets[j - 1];
  out.pairs.columns.resize(in.columns.size());
  out.order.resize(in.columns.size());
  std::vector<int64_t> next(out.pairs.row_offsets.begin(), out.pairs.row_offsets.end() - 1);
  for (int64_t i = 0; i < in.num_rows(); ++i) {
    for (int64_t pair = in.row_offsets[static_cast<size_t>(i)]; pair < in.row_offsets[static_cast<size_t>(i) + 1]; ++pair) {
      const auto place = static_cast<size_t>(next[static_cast<size_t>(in.columns[static_cast<size_t>(pair)])]++);
      out.pairs.columns[place] = i;
      out.order[place] = pair;
    }
  }
  return out;
}

}  // namespace twinset
