// Forward and gradient of every encoder against PyTorch's and open_clip's own modules
// (make_golden.py).
#include <ATen/core/grad_mode.h>
#include <ATen/ops/zeros_like.h>

#include "framework/encoders/convert.h"
#include "framework/encoders/product_encoder.h"
#include "framework/encoders/resnet.h"
#include "framework/encoders/token_mean.h"
#include "framework/encoders/transformer.h"
#include "framework/encoders/vit.h"
#include "tests/framework/encoders/encoder_testing.h"

namespace twinset::testing {
namespace {

// The golden numbers are float64 results rounded to float32. In float32 the error of ours stays
// below 1e-5 of the largest value.
constexpr double kFloat = 1e-5, kDouble = 3e-7;

const EncoderContext kText{
    .image_size = 8, .token_vocabulary = 12, .context_length = 7, .embedding_dim = 6};

using Make = std::function<std::unique_ptr<Encoder>()>;

void check(const std::string& file, const std::string& output, const Make& make,
           at::ScalarType type, double tolerance) {
  const Golden golden(file);
  const auto encoder = make();
  golden.load_weights(*encoder);
  convert_weights(*encoder, type);
  const at::Tensor embeddings = encoder->forward(golden.input(type));
  EXPECT_LT(relative_error(embeddings, golden.at("output." + output)), tolerance);
  embeddings.mul(golden.at("gradient." + output).to(type)).sum().backward();
  expect_gradients(*encoder, golden, tolerance);
}

void check_both(const std::string& file, const std::string& output, const Make& make) {
  check(file, output, make, at::kFloat, kFloat);
  check(file, output, make, at::kDouble, kDouble);
}

TEST(Resnet, MatchesTorchvisionsBlocks) {
  check_both("resnet", "train", [] {
    return make_resnet({.widths = {6, 8}, .blocks = {1, 2}},
                       {.image_size = 12, .embedding_dim = 6});
  });
}

TEST(Resnet, MatchesTorchvisionsRunningStatisticsAndEvaluation) {
  const Golden golden("resnet");
  const auto resnet =
      make_resnet({.widths = {6, 8}, .blocks = {1, 2}}, {.image_size = 12, .embedding_dim = 6});
  golden.load_weights(*resnet);
  resnet->forward(golden.input());
  for (const auto& [name, buffer] : resnet->buffers())
    EXPECT_LT(relative_error(buffer, golden.at("trained." + name)), kFloat) << name;
  resnet->set_training(false);
  EXPECT_LT(relative_error(resnet->forward(golden.input()), golden.at("output.eval")), kFloat);
  const at::NoGradGuard no_grad;
  EXPECT_LT(relative_error(resnet->forward(golden.input()), golden.at("output.eval")), kFloat);
}

TEST(Vit, MatchesOpenClip) {
  for (const std::string pooling : {"class", "mean"}) {
    check_both("vit_" + pooling, "embedding", [&] {
      return make_vit({.patch_size = 4, .width = 12, .depth = 2, .heads = 3, .pooling = pooling},
                      kText);
    });
  }
}

// The file's gradient is that of all poolings together.
void check_transformer(const std::string& file, bool is_causal,
                       const std::vector<std::string>& poolings, at::ScalarType type,
                       double tolerance) {
  const Golden golden(file);
  std::map<std::string, at::Tensor> gradients;
  for (const std::string& pooling : poolings) {
    const auto encoder = make_transformer(
        {.width = 12, .layers = 2, .heads = 3, .is_causal = is_causal, .pooling = pooling}, kText);
    golden.load_weights(*encoder);
    convert_weights(*encoder, type);
    const at::Tensor embeddings = encoder->forward(golden.input());
    EXPECT_LT(relative_error(embeddings, golden.at("output." + pooling)), tolerance) << pooling;
    embeddings.mul(golden.at("gradient." + pooling).to(type)).sum().backward();
    for (const auto& [name, tensor] : encoder->parameters()) {
      ASSERT_TRUE(tensor.grad().defined()) << name;
      at::Tensor& sum = gradients[name];
      sum = sum.defined() ? sum.add(tensor.grad()) : tensor.grad();
    }
  }
  for (const auto& [name, sum] : gradients)
    EXPECT_LT(relative_error(sum, golden.at("weight_gradient." + name)), tolerance) << name;
}

TEST(Transformer, CausalMatchesOpenClip) {
  check_transformer("transformer_causal", true, {"last", "mean", "max"}, at::kFloat, kFloat);
  check_transformer("transformer_causal", true, {"last", "mean", "max"}, at::kDouble, kDouble);
}

TEST(Transformer, BidirectionalMatchesOpenClip) {
  check_transformer("transformer_bidirectional", false, {"last", "mean", "max", "first"},
                    at::kFloat, kFloat);
  check_transformer("transformer_bidirectional", false, {"last", "mean", "max", "first"},
                    at::kDouble, kDouble);
}

TEST(TokenMean, MatchesEmbeddingBag) {
  check_both("token_mean", "embedding", [] {
    auto encoder = make_token_mean({}, kText);
    NamedTensors named = encoder->parameters();
    EXPECT_EQ(named.size(), 1u);
    return encoder;
  });
}

TEST(ProductEncoder, MatchesAPyTorchFusion) {
  check_both("product", "embedding", [] {
    return make_product_encoder(make_resnet({.widths = {4}, .blocks = {1}}, kText),
                                make_token_mean({}, kText), {.hidden = 10}, kText);
  });
}

}  // namespace
}  // namespace twinset::testing
