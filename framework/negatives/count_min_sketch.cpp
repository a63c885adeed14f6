#include "framework/negatives/count_min_sketch.h"

#include <ATen/ops/zeros.h>

#include <algorithm>

#include "framework/core/random.h"

namespace twinset {

CountMinSketch::CountMinSketch(int64_t width, int64_t depth)
    : width_(width),
      depth_(depth),
      counters_(at::zeros({depth, width}, at::TensorOptions().dtype(at::kLong))) {}

int64_t* CountMinSketch::counter(int64_t key, int64_t row) const {
  // Philox of (key, row) is the row's hash function: independent rows, the same on every machine.
  const auto bits = static_cast<uint64_t>(key);
  const auto words = philox({static_cast<uint32_t>(bits), static_cast<uint32_t>(bits >> 32),
                             static_cast<uint32_t>(row), 0},
                            {purpose_id("count_min_sketch"), 0});
  const uint64_t hash = (static_cast<uint64_t>(words[0]) << 32) | words[1];
  return counters_.mutable_data_ptr<int64_t>() + row * width_ +
         static_cast<int64_t>(hash % static_cast<uint64_t>(width_));
}

void CountMinSketch::add(int64_t key, int64_t count) {
  for (int64_t row = 0; row < depth_; ++row) *counter(key, row) += count;
}

int64_t CountMinSketch::estimate(int64_t key) const {
  int64_t smallest = *counter(key, 0);
  for (int64_t row = 1; row < depth_; ++row) smallest = std::min(smallest, *counter(key, row));
  return smallest;
}

}  // namespace twinset
