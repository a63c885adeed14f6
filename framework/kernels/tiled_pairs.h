// Private to this folder: the known pairs that fall into a strip of a tile.
#pragma once

#include <algorithm>
#include <cstdint>

#include "framework/core/sparse_pairs.h"
#include "framework/kernels/similarity_sweep.h"

namespace twinset {

/// Calls f(index of the pair, its row, place of its number in the strip) for the pairs of the
/// strip, in order.
template <class F>
void for_each_pair(const SparsePairs& pairs, const TileStrip& strip, const F& f) {
  if (pairs.columns.empty()) return;
  for (int64_t i = 0; i < strip.block.rows; ++i) {
    const int64_t* begin =
        pairs.columns.data() + pairs.row_offsets[static_cast<size_t>(strip.row + i)];
    const int64_t* end =
        pairs.columns.data() + pairs.row_offsets[static_cast<size_t>(strip.row + i) + 1];
    float* row = strip.block.values + i * strip.block.stride;
    for (const int64_t* pair = std::lower_bound(begin, end, strip.column);
         pair != end && *pair < strip.column + strip.num_columns; ++pair) {
      f(pair - pairs.columns.data(), strip.row + i, row + (*pair - strip.column));
    }
  }
}

}  // namespace twinset
