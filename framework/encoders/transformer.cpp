#include "framework/encoders/transformer.h"

#include <ATen/ops/embedding.h>
#include <ATen/ops/matmul.h>
#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "framework/core/error.h"
#include "framework/data/tokenizer.h"
#include "framework/encoders/text_context.h"
#include "framework/encoders/transformer_stack.h"

namespace twinset {
namespace {

class Transformer : public ModuleEncoder {
 public:
  Transformer(const TransformerOptions& options, const EncoderContext& context)
      : options_(options),
        context_length_(context.context_length),
        tokens_(scope().parameter("token_embedding.weight",
                                  normal_weight({context.token_vocabulary, options.width}, 0.02))),
        positions_(scope().parameter("positional_embedding",
                                     normal_weight({context.context_length, options.width}, 0.01))),
        blocks_(scope() / "transformer", options.width, options.layers, options.heads,
                4 * options.width),
        norm_(scope() / "ln_final", options.width),
        projection_(
            scope().parameter("text_projection",
                              normal_weight({options.width, context.embedding_dim},
                                            1.0 / std::sqrt(static_cast<double>(options.width))))) {
    blocks_.init_as_open_clip_text();
  }

  at::Tensor forward(const EncoderInput& input) override {
    const at::Tensor tokens = token_input(input, context_length_, "transformer");
    const at::Tensor x =
        at::embedding(tokens_, tokens).add(positions_.narrow(0, 0, tokens.size(1)));
    return at::matmul(pool(x, tokens), projection_);
  }

  bool reads_images() const override { return false; }
  bool reads_tokens() const override { return true; }
  bool mixes_batch() const override { return false; }
  bool allows_concurrent_forward() const override { return true; }

 private:
  at::Tensor pool(const at::Tensor& x, const at::Tensor& tokens) const {
    const at::Tensor is_token = tokens.ne(Tokenizer::kPad);
    const at::Tensor mask =
        options_.is_causal ? at::Tensor() : is_token.view({tokens.size(0), 1, 1, tokens.size(1)});
    if (options_.pooling == "last" || options_.pooling == "first") {
      const at::Tensor position = options_.pooling == "last"
                                      ? tokens.eq(Tokenizer::kEnd).to(at::kInt).argmax(1)
                                      : tokens.select(1, 0).mul(0);
      return norm_.forward(blocks_.forward_at(x, position, mask, options_.is_causal));
    }
    const at::Tensor states = norm_.forward(blocks_.forward(x, mask, options_.is_causal));
    if (options_.pooling == "max") {
      const double lowest = -std::numeric_limits<double>::infinity();
      return states.masked_fill(is_token.logical_not().unsqueeze(2), lowest).amax(1);
    }
    const at::Tensor weight = is_token.to(states.scalar_type()).unsqueeze(2);
    return states.mul(weight).sum(1).div(weight.sum(1));
  }

  TransformerOptions options_;
  int64_t context_length_;
  at::Tensor tokens_, positions_;
  TransformerStack blocks_;
  LayerNorm norm_;
  at::Tensor projection_;
};

}  // namespace

std::unique_ptr<Encoder> make_transformer(const TransformerOptions& options,
                                          const EncoderContext& context) {
  check_text_context("transformer", context);
  check_heads(options.width, options.heads);
  if (options.is_causal && options.pooling == "first") {
    throw ConfigError({.where = "encoder.pooling",
                       .what = "'first' with causal attention gives every text the same embedding",
                       .expected = "last, mean or max",
                       .todo = "or set encoder.is_causal: false"});
  }
  return std::make_unique<Transformer>(options, context);
}

}  // namespace twinset
