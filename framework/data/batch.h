#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "framework/core/sparse_pairs.h"

namespace twinset {

/// A batch of products as the loader hands it over.
struct Batch {
  int64_t epoch = 0;
  int64_t index = 0;             ///< number of the batch within its epoch
  std::vector<int64_t> samples;  ///< [B] positions in the data set
  at::Tensor images;  ///< [B, H, W, 3] uint8, RGB, augmented; undefined if no encoder reads images
  at::Tensor title_tokens;  ///< [B, L] int64; undefined if no encoder reads titles
  SparsePairs labels;       ///< [B, V] true attributes, the rows of the label table
  int64_t size() const { return static_cast<int64_t>(samples.size()); }
};

}  // namespace twinset
