// Private to this folder: the pre-norm transformer that the ViT and the text encoder share.
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "framework/encoders/layers.h"

namespace twinset {

/// One block: x + attention(norm(x)), then x + mlp(norm(x)); GELU. Names as in open_clip's
/// ResidualAttentionBlock.
/// Shapes: B samples, L tokens, C width, H heads.
class TransformerBlock {
 public:
  TransformerBlock(const WeightScope& scope, int64_t width, int64_t heads, int64_t mlp_width);

  /// x_BLC; `mask` [B, 1, 1, L] bool, true = may be looked at, or undefined.
  at::Tensor forward(const at::Tensor& x, const at::Tensor& mask, bool is_causal) const;
  /// The block's result at one position a sample, [B, C]: the same numbers, without the work for
  /// the others. `position` [B] int64; `mask` as above, causality included.
  at::Tensor forward_at(const at::Tensor& x, const at::Tensor& position,
                        const at::Tensor& mask) const;

  void init_as_open_clip_text(int64_t width, int64_t layers) const;

 private:
  at::Tensor split_heads(const at::Tensor& x) const;
  at::Tensor finish(const at::Tensor& x, const at::Tensor& attended) const;

  int64_t width_, heads_;
  LayerNorm norm1_;
  at::Tensor in_weight_, in_bias_;
  Linear out_;
  LayerNorm norm2_;
  Linear expand_, contract_;
};

/// Blocks in a row under "resblocks.".
class TransformerStack {
 public:
  TransformerStack(const WeightScope& scope, int64_t width, int64_t layers, int64_t heads,
                   int64_t mlp_width);

  at::Tensor forward(at::Tensor x, const at::Tensor& mask, bool is_causal) const;
  /// [B, C]: the result at `position`; in the last block nothing else is computed.
  at::Tensor forward_at(at::Tensor x, const at::Tensor& position, const at::Tensor& mask,
                        bool is_causal) const;

  /// open_clip's scales for text: attention width^-1/2, residual branches (2 layers width)^-1/2,
  /// first mlp layer (2 width)^-1/2.
  void init_as_open_clip_text() const;

 private:
  int64_t width_;
  std::vector<TransformerBlock> blocks_;
};

/// x [B, L, C] at `position` [B]: [B, C].
at::Tensor take_at(const at::Tensor& x, const at::Tensor& position);

/// @throws ConfigError if `heads` does not divide `width`
void check_heads(int64_t width, int64_t heads);

}  // namespace twinset
