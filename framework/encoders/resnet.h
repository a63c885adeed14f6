#pragma once

#include <memory>
#include <vector>

#include "framework/encoders/encoder.h"

namespace twinset {

/// Options of `resnet`.
struct ResnetOptions {
  std::vector<int64_t> widths = {32, 64, 128, 256};
  std::vector<int64_t> blocks = {1, 1, 1, 1};
  bool zero_init_residual = false;

  template <class V>
  void visit(V&& v) {
    v("widths", widths,
      Field{.help = "channels of each stage; the first is also the stem's",
            .unit = "channels",
            .min = 1});
    v("blocks", blocks,
      Field{.help = "basic blocks of each stage; the first block of each but the first stage "
                    "halves the size",
            .unit = "blocks",
            .min = 1});
    v("zero_init_residual", zero_init_residual,
      Field{.help = "scale of each block's last batch norm starts at 0, so that a block starts as "
                    "the identity"});
  }
};

/// A small residual network: images to embeddings.
///
/// Stem: 3x3 convolution with stride 2, batch norm, ReLU, no pooling. Then stages of basic blocks
/// (two 3x3 convolutions with batch norm; a 1x1 convolution on the shortcut where shapes differ),
/// the mean over all positions, a linear projection.
/// With the defaults: stride 16, 1.26 M parameters. Weights are named as in torchvision: conv1,
/// bn1, layer1.0.conv1, ..., fc.
///
/// @throws ConfigError if `widths` and `blocks` differ in length or are empty
/// @throws ShapeError  (forward) if there are no images, or they are not [B, 3, H, W]
/// Numerics: autocast's type inside it, else that of the weights. Batch norm mixes the batch while
/// training.
/// Source: He et al. 2015, arXiv:1512.03385, section 3; Goyal et al. 2017, arXiv:1706.02677,
/// section 5.1 (zero_init_residual).
std::unique_ptr<Encoder> make_resnet(const ResnetOptions& options, const EncoderContext& context);

}  // namespace twinset
