#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "framework/core/tensor_fwd.h"

namespace twinset {

/// Everything a run needs to go on as if it had never stopped: tensors (which share storage with
/// the model) and counters.
struct TrainingState {
  NamedTensors tensors;
  nlohmann::json counters;
};

/// Writes one safetensors file, atomically: it appears whole, with a checksum, or the previous one
/// stands.
/// @throws SystemError if it can't be written, a full disk among the reasons
void save_state(const std::filesystem::path& file, const TrainingState& state);

/// Copies the file's tensors into those of `state`, in place, and returns the counters.
/// @throws DataError if the file is truncated or corrupt (checksum), or names, shapes or types
/// differ from `state`'s:
///         names the tensor, both shapes and the file. Nothing is copied then.
nlohmann::json load_state(const std::filesystem::path& file, const NamedTensors& tensors);

/// CRC-32 over the bytes of all tensors in order, as 8 hexadecimal digits.
std::string checksum(const NamedTensors& tensors);

}  // namespace twinset
