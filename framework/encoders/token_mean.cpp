#include "framework/encoders/token_mean.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/embedding_bag.h>

#include "framework/data/tokenizer.h"
#include "framework/encoders/layers.h"
#include "framework/encoders/text_context.h"

namespace twinset {
namespace {

class TokenMean : public ModuleEncoder {
 public:
  TokenMean(const TokenMeanOptions& options, const EncoderContext& context)
      : context_length_(context.context_length),
        embeddings_(scope().parameter(
            "weight", normal_weight({context.token_vocabulary, context.embedding_dim},
                                    options.init_deviation))) {
    const at::NoGradGuard no_grad;
    embeddings_.select(0, Tokenizer::kPad).zero_();
  }

  at::Tensor forward(const EncoderInput& input) override {
    const at::Tensor tokens = token_input(input, context_length_, "token_mean");
    const int64_t length = tokens.size(1);
    const at::Tensor offsets = at::arange(0, tokens.size(0) * length, length, tokens.options());
    constexpr int64_t kMean = 1;
    return std::get<0>(at::embedding_bag(embeddings_, tokens.reshape({-1}), offsets, false, kMean,
                                         false, {}, false, Tokenizer::kPad));
  }

  bool reads_images() const override { return false; }
  bool reads_tokens() const override { return true; }
  bool mixes_batch() const override { return false; }
  bool allows_concurrent_forward() const override { return true; }

 private:
  int64_t context_length_;
  at::Tensor embeddings_;
};

}  // namespace

std::unique_ptr<Encoder> make_token_mean(const TokenMeanOptions& options,
                                         const EncoderContext& context) {
  check_text_context("token_mean", context);
  return std::make_unique<TokenMean>(options, context);
}

}  // namespace twinset
