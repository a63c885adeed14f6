#pragma once

#include <memory>
#include <string>

#include "framework/encoders/encoder.h"

namespace twinset {

/// How image and title become one embedding.
struct FusionOptions {
  std::string kind = "concat_mlp";
  int64_t hidden = 256;

  template <class V>
  void visit(V&& v) {
    v("kind", kind,
      Field{.help = "concat_mlp: a small network over both, side by side; sum: their sum; tirg: "
                    "the image gated by both, plus a residual",
            .choices = {"concat_mlp", "sum", "tirg"}});
    v("hidden", hidden, Field{.help = "width of concat_mlp's hidden layer", .min = 1});
  }
};

/// The encoder of products: image, title, or both fused. Names: "image.*", "text.*", "fusion.*".
///
/// concat_mlp: Linear(GELU(Linear(LayerNorm([image, title])))); 2D -> hidden -> D. sum: image +
/// title.
/// tirg: a0 sigmoid(gate) image + a1 residual, both networks over [image, text] with batch norm;
/// made for queries composed of an image and a text that modifies it (Vo et al. 2019,
/// arXiv:1812.07119, section 3). With one encoder nothing is fused.
///
/// @param image  may be null; must read images
/// @param text   may be null, not both; must read tokens
/// @throws ConfigError if both are null
std::unique_ptr<Encoder> make_product_encoder(std::unique_ptr<Encoder> image,
                                              std::unique_ptr<Encoder> text,
                                              const FusionOptions& options,
                                              const EncoderContext& context);

}  // namespace twinset
