#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <map>
#include <string>

#include "framework/core/tensor_fwd.h"

namespace twinset {

/// What a safetensors file holds.
struct SafetensorsFile {
  NamedTensors tensors;  ///< in the order of their bytes; each owns its memory
  std::map<std::string, std::string> metadata;
};

/// Writes tensors as a safetensors file, atomically: the length of a JSON header (8 bytes, little
/// endian), the header, then the bytes of each tensor in row-major order, in the order given. One
/// tensor at a time is copied (from a GPU, or into that order).
///
/// @param tensors   float64, float32, float16, bfloat16, int64, int32, uint8 or bool; names unique,
///                  not "__metadata__"
/// @throws DataError   for a type the format does not have here, or a name that is taken
/// @throws SystemError if it can't be written, a full disk among the reasons; the previous file
/// then stands
/// Source: https://github.com/huggingface/safetensors, README, "Format".
void save_safetensors(const std::filesystem::path& path, const NamedTensors& tensors,
                      const std::map<std::string, std::string>& metadata);

/// Reads such a file. Nothing in it is executed, and nothing is allocated for a tensor before the
/// whole header is known to fit the file: sizes, types, offsets without gap or overlap.
/// @throws DataError naming file, tensor and what is wrong
SafetensorsFile load_safetensors(const std::filesystem::path& path);

}  // namespace twinset
