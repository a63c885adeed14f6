#pragma once

#include <memory>
#include <string>

#include "framework/encoders/encoder.h"

namespace twinset {

/// Options of `transformer`.
struct TransformerOptions {
  int64_t width = 128;
  int64_t layers = 2;
  int64_t heads = 4;
  bool is_causal = true;
  std::string pooling = "last";

  template <class V>
  void visit(V&& v) {
    v("width", width, Field{.help = "width of the transformer", .min = 1});
    v("layers", layers, Field{.help = "number of blocks", .unit = "blocks", .min = 1});
    v("heads", heads, Field{.help = "attention heads; must divide the width", .min = 1});
    v("is_causal", is_causal,
      Field{.help = "a token looks at itself and earlier ones only, as in CLIP; else at all but "
                    "padding"});
    v("pooling", pooling,
      Field{.help = "the end token, the mean or the maximum over tokens (padding excluded), or the "
                    "start token",
            .choices = {"last", "mean", "max", "first"}});
  }
};

/// A text transformer: token ids to embeddings.
///
/// Token and learned position embeddings, pre-norm blocks with GELU (hidden layer 4 times the
/// width), layer norm, pooling, a projection without bias. Padding never changes an embedding.
/// Names and first values as open_clip's TextTransformer; causal with pooling `last` computes what
/// that does with pool_type eos.
///
/// @throws ConfigError if `heads` does not divide the width, or the context names no vocabulary or
/// length, or if causal
///         attention meets pooling `first` (the start token would see nothing but itself)
/// @throws ShapeError  (forward) if tokens are not [B, L] int64 with L up to the context length
/// Source: Radford et al. 2021, arXiv:2103.00020, section 2.4.
std::unique_ptr<Encoder> make_transformer(const TransformerOptions& options,
                                          const EncoderContext& context);

}  // namespace twinset
