// NumPy's array file, version 1.0, for float32 matrices: what other programs read embeddings from.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace twinset {

/// A float32 matrix, row by row.
struct FloatMatrix {
  int64_t num_rows = 0;
  int64_t num_columns = 0;
  std::vector<float> values;
};

/// Writes the file atomically. @throws SystemError
void write_npy(const std::filesystem::path& path, const float* values, int64_t num_rows,
               int64_t num_columns);

/// Reads a little-endian float32 matrix in C order. Sizes are checked before anything is allocated.
/// @throws DataError for any other content, a truncated file among it.
FloatMatrix read_npy(const std::filesystem::path& path);

}  // namespace twinset
