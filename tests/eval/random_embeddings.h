#pragma once

#include <ATen/core/Tensor.h>
#include <ATen/ops/from_blob.h>

#include <cstdint>
#include <vector>

namespace twinset::testing {

/// Uniform in [-1, 1), float32 [rows, width]; the same for the same seed.
inline at::Tensor random_embeddings(int64_t rows, int64_t width, uint64_t seed) {
  std::vector<float> values;
  for (int64_t i = 0; i < rows * width; ++i) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    values.push_back(static_cast<float>(static_cast<double>(seed >> 40) / (1 << 23) - 1.0));
  }
  return at::from_blob(values.data(), {rows, width}).clone();
}

}  // namespace twinset::testing
