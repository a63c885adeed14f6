#pragma once

#include <memory>
#include <string>

#include "framework/encoders/encoder.h"

namespace twinset {

/// Options of `vit`.
struct VitOptions {
  int64_t patch_size = 8;
  int64_t width = 192;
  int64_t depth = 6;
  int64_t heads = 3;
  double mlp_ratio = 4.0;
  std::string pooling = "class";

  template <class V>
  void visit(V&& v) {
    v("patch_size", patch_size,
      Field{.help = "side of a square patch; must divide the image size",
            .unit = "pixels",
            .min = 1});
    v("width", width, Field{.help = "width of the transformer", .min = 1});
    v("depth", depth, Field{.help = "number of blocks", .unit = "blocks", .min = 1});
    v("heads", heads, Field{.help = "attention heads; must divide the width", .min = 1});
    v("mlp_ratio", mlp_ratio,
      Field{.help = "width of a block's hidden layer over the transformer's", .above = 0});
    v("pooling", pooling,
      Field{.help = "the class token, or the mean over patches", .choices = {"class", "mean"}});
  }
};

/// A small vision transformer: images to embeddings.
///
/// Patches by a strided convolution, a class token, learned positions, layer norm, pre-norm blocks
/// with GELU, layer norm, pooling, a projection without bias. Names and first values as open_clip's
/// VisionTransformer (pool_type tok or avg).
///
/// @throws ConfigError if `patch_size` does not divide the image size, or `heads` the width
/// @throws ShapeError  (forward) if images are not [B, 3, S, S] with the context's image size S
/// Source: Dosovitskiy et al. 2020, arXiv:2010.11929, section 3.1; layer norm before the blocks:
/// Radford et al. 2021, arXiv:2103.00020, section 2.4.
std::unique_ptr<Encoder> make_vit(const VitOptions& options, const EncoderContext& context);

}  // namespace twinset
