#include "framework/encoders/transformer_stack.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/scaled_dot_product_attention.h>
#include <ATen/ops/zeros.h>
#include <fmt/format.h>

#include <cmath>

#include "framework/core/error.h"
#include "framework/encoders/linear.h"

namespace twinset {
namespace {

at::Tensor attend(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                  const at::Tensor& mask, bool is_causal) {
  return at::scaled_dot_product_attention(
      q, k, v, mask.defined() ? std::optional(mask) : std::nullopt, 0.0, is_causal);
}

}  // namespace

void check_heads(int64_t width, int64_t heads) {
  if (width % heads == 0) return;
  throw ConfigError({.where = "encoder.heads",
                     .what = fmt::format("{} heads do not divide a width of {}", heads, width),
                     .expected = "a divisor of the width",
                     .todo = ""});
}

at::Tensor take_at(const at::Tensor& x, const at::Tensor& position) {
  const at::Tensor index = position.view({-1, 1, 1}).expand({-1, 1, x.size(2)});
  return x.gather(1, index).squeeze(1);
}

TransformerBlock::TransformerBlock(const WeightScope& scope, int64_t width, int64_t heads,
                                   int64_t mlp_width)
    : width_(width),
      heads_(heads),
      norm1_(scope / "ln_1", width),
      in_weight_(
          (scope / "attn")
              .parameter("in_proj_weight",
                         uniform_weight({3 * width, width},
                                        std::sqrt(6.0 / (4.0 * static_cast<double>(width)))))),
      in_bias_((scope / "attn").parameter("in_proj_bias", at::zeros({3 * width}))),
      out_(scope / "attn" / "out_proj", width, width),
      norm2_(scope / "ln_2", width),
      expand_(scope / "mlp" / "c_fc", width, mlp_width),
      contract_(scope / "mlp" / "c_proj", mlp_width, width) {
  const at::NoGradGuard no_grad;
  out_.bias.zero_();
}

void TransformerBlock::init_as_open_clip_text(int64_t width, int64_t layers) const {
  const at::NoGradGuard no_grad;
  const double attention = 1.0 / std::sqrt(static_cast<double>(width));
  const double residual = attention / std::sqrt(2.0 * static_cast<double>(layers));
  in_weight_.normal_(0, attention);
  out_.weight.normal_(0, residual);
  expand_.weight.normal_(0, 1.0 / std::sqrt(2.0 * static_cast<double>(width)));
  contract_.weight.normal_(0, residual);
}

at::Tensor TransformerBlock::split_heads(const at::Tensor& x) const {
  return x.view({x.size(0), x.size(1), heads_, width_ / heads_}).transpose(1, 2);
}

at::Tensor TransformerBlock::finish(const at::Tensor& x, const at::Tensor& attended) const {
  const at::Tensor y = x.add(out_.forward(attended));
  return y.add(contract_.forward(at::gelu(expand_.forward(norm2_.forward(y)))));
}

at::Tensor TransformerBlock::forward(const at::Tensor& x, const at::Tensor& mask,
                                     bool is_causal) const {
  const auto parts = linear(norm1_.forward(x), in_weight_, in_bias_).split(width_, 2);
  // Causality alone suffices for texts: padding stands behind every token that is looked at.
  const at::Tensor heads_BHLD =
      attend(split_heads(parts[0]), split_heads(parts[1]), split_heads(parts[2]),
             is_causal ? at::Tensor() : mask, is_causal);
  return finish(x, heads_BHLD.transpose(1, 2).reshape({x.size(0), x.size(1), width_}));
}

at::Tensor TransformerBlock::forward_at(const at::Tensor& x, const at::Tensor& position,
                                        const at::Tensor& mask) const {
  const at::Tensor normed = norm1_.forward(x);
  const at::Tensor query = linear(take_at(normed, position), in_weight_.narrow(0, 0, width_),
                                  in_bias_.narrow(0, 0, width_));
  const auto parts = linear(normed, in_weight_.narrow(0, width_, 2 * width_),
                            in_bias_.narrow(0, width_, 2 * width_))
                         .split(width_, 2);
  const at::Tensor heads_BH1D = attend(split_heads(query.unsqueeze(1)), split_heads(parts[0]),
                                       split_heads(parts[1]), mask, false);
  return finish(take_at(x, position), heads_BH1D.transpose(1, 2).reshape({x.size(0), width_}));
}

TransformerStack::TransformerStack(const WeightScope& scope, int64_t width, int64_t layers,
                                   int64_t heads, int64_t mlp_width)
    : width_(width) {
  check_heads(width, heads);
  for (int64_t i = 0; i < layers; ++i)
    blocks_.emplace_back(scope / "resblocks" / std::to_string(i), width, heads, mlp_width);
}

void TransformerStack::init_as_open_clip_text() const {
  for (const TransformerBlock& block : blocks_)
    block.init_as_open_clip_text(width_, static_cast<int64_t>(blocks_.size()));
}

at::Tensor TransformerStack::forward(at::Tensor x, const at::Tensor& mask, bool is_causal) const {
  for (const TransformerBlock& block : blocks_) x = block.forward(x, mask, is_causal);
  return x;
}

at::Tensor TransformerStack::forward_at(at::Tensor x, const at::Tensor& position,
                                        const at::Tensor& mask, bool is_causal) const {
  for (size_t i = 0; i + 1 < blocks_.size(); ++i) x = blocks_[i].forward(x, mask, is_causal);
  at::Tensor seen = mask;
  if (is_causal) {
    seen = at::arange(x.size(1), position.options())
               .unsqueeze(0)
               .le(position.unsqueeze(1))
               .view({-1, 1, 1, x.size(1)});
  }
  return blocks_.back().forward_at(x, position, seen);
}

}  // namespace twinset
