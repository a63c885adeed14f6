#pragma once

#include <ATen/core/Tensor.h>

#include <memory>
#include <string>

#include "framework/core/tensor_fwd.h"
#include "framework/data/batch.h"
#include "framework/encoders/encoder.h"

namespace twinset {

/// Number format of the forward and backward pass; weights, sums and the loss stay float32.
enum class Precision { kFloat32, kBFloat16 };

/// "float32" or "bfloat16". @throws ConfigError for anything else
Precision parse_precision(const std::string& name);

/// Two encoders into one embedding space: queries (products) and documents (attribute phrases).
struct DualEncoder {
  std::unique_ptr<Encoder> query;
  std::unique_ptr<Encoder> document;

  NamedTensors parameters() const;  ///< "query.*", then "document.*"
  NamedTensors buffers() const;
  void set_training(bool is_training);
  void to_device(const std::string& device);
};

/// The query side of a batch as its encoder reads it: images normalised by ImageNet's mean and
/// deviation, on the device.
EncoderInput query_input(const Batch& batch, Precision precision, const std::string& device);

/// L2-normalised embeddings [B, D] float32 of one side; runs the encoder in `precision`.
/// Differentiable if gradients are on.
at::Tensor embed(Encoder& encoder, const EncoderInput& input, Precision precision);

}  // namespace twinset
