#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <string>

#include "framework/core/registry.h"
#include "framework/core/tensor_fwd.h"

namespace twinset {

/// One side of a batch as encoders read it.
struct EncoderInput {
  at::Tensor images;  ///< [B, 3, H, W] float32 or bfloat16, normalised, channels last in memory;
                      ///< undefined if there are none
  at::Tensor tokens;  ///< [B, L] int64, as `tokenize` makes them; undefined if there are none
};

/// What an encoder must know of its input and output beside its own options.
struct EncoderContext {
  int64_t image_size = 64;       ///< pixels
  int64_t token_vocabulary = 0;  ///< number of token ids
  int64_t context_length = 0;    ///< tokens a text
  int64_t embedding_dim = 128;   ///< D, the width of `forward`'s result
};

/// Maps one side of a batch to embeddings [B, D] (not normalised: the trainer and evaluation do
/// that in float32).
///
/// Initial weights come from torch's default generator: set its seed before making an encoder.
class Encoder {
 public:
  virtual ~Encoder() = default;
  virtual at::Tensor forward(const EncoderInput& input) = 0;
  virtual bool reads_images() const = 0;
  virtual bool reads_tokens() const = 0;
  /// Trainable tensors; the same order and names each time. They are leaves, and share storage with
  /// the encoder.
  virtual NamedTensors parameters() const = 0;
  /// State that is saved but not trained, such as running means.
  virtual NamedTensors buffers() const = 0;
  /// Training or evaluation mode (dropout, batch norm).
  virtual void set_training(bool is_training) = 0;
  /// "cpu", "cuda:0", ...: moves parameters and buffers; the tensors returned before are then
  /// stale.
  virtual void to_device(const std::string& device) = 0;
  /// True if embeddings of a sample depend on the others of the batch (batch norm while training).
  virtual bool mixes_batch() const = 0;
  /// True if several threads may call `forward` at once: it changes nothing of the encoder and
  /// draws nothing from torch's default generator.
  virtual bool allows_concurrent_forward() const { return false; }
};

using EncoderRegistry = Registry<Encoder, const EncoderContext&>;

}  // namespace twinset
