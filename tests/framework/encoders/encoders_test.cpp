// What holds for every encoder: differentiable, stable names, modes, autocast, misuse.
#include <ATen/autocast_mode.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/randn.h>
#include <gmock/gmock.h>

#include <filesystem>
#include <functional>
#include <set>

#include "framework/encoders/builtin.h"
#include "framework/encoders/product_encoder.h"
#include "framework/encoders/resnet.h"
#include "framework/encoders/token_mean.h"
#include "framework/encoders/transformer.h"
#include "framework/encoders/vit.h"
#include "tests/framework/encoders/encoder_testing.h"

namespace twinset::testing {
namespace {

using ::testing::HasSubstr;

const EncoderContext kContext{
    .image_size = 16, .token_vocabulary = 30, .context_length = 9, .embedding_dim = 10};

struct Case {
  std::string name;
  std::function<std::unique_ptr<Encoder>()> make;
};

std::unique_ptr<Encoder> small_resnet() {
  return make_resnet({.widths = {8, 12}, .blocks = {1, 1}}, kContext);
}
std::unique_ptr<Encoder> small_transformer(bool is_causal, const std::string& pooling) {
  return make_transformer(
      {.width = 24, .layers = 2, .heads = 4, .is_causal = is_causal, .pooling = pooling}, kContext);
}

std::vector<Case> cases() {
  return {
      {"resnet", small_resnet},
      {"vit_class",
       [] { return make_vit({.patch_size = 4, .width = 24, .depth = 2, .heads = 2}, kContext); }},
      {"vit_mean",
       [] {
         return make_vit({.patch_size = 8, .width = 24, .depth = 2, .heads = 2, .pooling = "mean"},
                         kContext);
       }},
      {"transformer_last", [] { return small_transformer(true, "last"); }},
      {"transformer_mean", [] { return small_transformer(false, "mean"); }},
      {"transformer_max", [] { return small_transformer(false, "max"); }},
      {"transformer_first", [] { return small_transformer(false, "first"); }},
      {"token_mean", [] { return make_token_mean({}, kContext); }},
      {"fused",
       [] {
         return make_product_encoder(small_resnet(), make_token_mean({}, kContext), {.hidden = 14},
                                     kContext);
       }},
      {"summed",
       [] {
         return make_product_encoder(small_resnet(), small_transformer(true, "last"),
                                     {.kind = "sum"}, kContext);
       }},
      {"tirg",
       [] {
         return make_product_encoder(
             make_vit({.patch_size = 8, .width = 24, .depth = 1, .heads = 2}, kContext),
             make_token_mean({.init_deviation = 0.5}, kContext), {.kind = "tirg"}, kContext);
       }},
  };
}

EncoderInput random_input(int64_t batch = 7) {
  return {at::randn({batch, 3, 16, 16}).contiguous(at::MemoryFormat::ChannelsLast),
          random_tokens(batch, 9, 30)};
}

class EveryEncoder : public ::testing::TestWithParam<Case> {
 protected:
  void SetUp() override { seed_torch(3); }
};

TEST_P(EveryEncoder, HasTheGradientOfItsForward) {
  const auto encoder = GetParam().make();
  expect_differentiable(*encoder, random_input());
}

TEST_P(EveryEncoder, NamesItsTensorsOnceAndAlwaysInTheSameOrder) {
  const auto encoder = GetParam().make(), other = GetParam().make();
  const NamedTensors first = encoder->parameters(), second = other->parameters();
  std::set<std::string> names;
  ASSERT_EQ(first.size(), second.size());
  for (size_t i = 0; i < first.size(); ++i) {
    EXPECT_EQ(first[i].first, second[i].first);
    EXPECT_TRUE(names.insert(first[i].first).second) << first[i].first;
    EXPECT_TRUE(first[i].second.is_leaf() && first[i].second.requires_grad()) << first[i].first;
  }
  for (const auto& [name, buffer] : encoder->buffers()) {
    EXPECT_TRUE(names.insert(name).second) << name;
    EXPECT_FALSE(buffer.requires_grad()) << name;
  }
}

TEST_P(EveryEncoder, StartsFromTheSeed) {
  seed_torch(5);
  const auto encoder = GetParam().make();
  seed_torch(5);
  const auto same = GetParam().make();
  for (size_t i = 0; i < encoder->parameters().size(); ++i) {
    EXPECT_TRUE(at::equal(encoder->parameters()[i].second, same->parameters()[i].second));
  }
}

TEST_P(EveryEncoder, InAutocastStaysNearFloat32) {
  const auto encoder = GetParam().make();
  encoder->set_training(false);
  const EncoderInput input = random_input();
  const at::Tensor exact = encoder->forward(input);
  EXPECT_EQ(exact.scalar_type(), at::kFloat);
  at::autocast::set_autocast_dtype(at::kCPU, at::kBFloat16);
  at::autocast::set_autocast_enabled(at::kCPU, true);
  at::autocast::increment_nesting();
  const at::Tensor rounded = encoder->forward(input);
  rounded.to(at::kFloat).sum().backward();
  at::autocast::decrement_nesting();
  at::autocast::set_autocast_enabled(at::kCPU, false);
  at::autocast::clear_cache();
  // bfloat16 has 8 bits; errors of a few roundings in a row stay below 4 %.
  EXPECT_LT(relative_error(rounded, exact), 0.04);
  for (const auto& [name, parameter] : encoder->parameters()) {
    ASSERT_TRUE(parameter.grad().defined()) << name;
    EXPECT_EQ(parameter.grad().scalar_type(), at::kFloat) << name;
    EXPECT_TRUE(at::isfinite(parameter.grad()).all().item<bool>()) << name;
  }
}

TEST_P(EveryEncoder, InEvaluationEmbedsASampleAloneAsInABatch) {
  const auto encoder = GetParam().make();
  encoder->forward(random_input());
  encoder->set_training(false);
  const EncoderInput input = random_input();
  const at::Tensor all = encoder->forward(input);
  const at::Tensor one =
      encoder->forward({input.images.narrow(0, 2, 1), input.tokens.narrow(0, 2, 1)});
  EXPECT_LT(relative_error(one, all.narrow(0, 2, 1)), 1e-5);
}

TEST_P(EveryEncoder, WithoutGradientComputesTheSame) {
  const auto encoder = GetParam().make();
  encoder->forward(random_input());
  encoder->set_training(false);
  const EncoderInput input = random_input();
  const at::Tensor with = encoder->forward(input);
  const at::NoGradGuard no_grad;
  EXPECT_LT(relative_error(encoder->forward(input), with), 1e-5);
}

TEST_P(EveryEncoder, MixesTheBatchOnlyIfItSaysSo) {
  const auto encoder = GetParam().make();
  const EncoderInput input = random_input();
  const at::Tensor all = encoder->forward(input),
                   half = encoder->forward(
                       {input.images.narrow(0, 0, 3), input.tokens.narrow(0, 0, 3)});
  EXPECT_EQ(relative_error(half, all.narrow(0, 0, 3)) > 1e-4, encoder->mixes_batch());
}

TEST_P(EveryEncoder, IgnoresPadding) {
  const auto encoder = GetParam().make();
  if (!encoder->reads_tokens()) GTEST_SKIP() << "reads no text";
  encoder->set_training(false);
  const EncoderInput input = random_input();
  const at::Tensor all = encoder->forward(input);
  // Text 0 has two tokens; alone, all its padding is cut. Text 6 keeps one column of padding in the
  // batch.
  for (const int64_t text : {0, 3, 6}) {
    const at::Tensor alone = encoder->forward(
        {input.images.narrow(0, text, 1), input.tokens.narrow(0, text, 1).narrow(1, 0, text + 2)});
    EXPECT_LT(relative_error(alone, all.narrow(0, text, 1)), 1e-5) << text;
  }
}

TEST_P(EveryEncoder, SaysWhatIsMissing) {
  const auto encoder = GetParam().make();
  const EncoderInput input = random_input();
  if (encoder->reads_images()) {
    EXPECT_THAT(message_of([&] {
                  encoder->forward({at::Tensor(), input.tokens});
                }),
                HasSubstr("the batch has no images"));
  }
  if (encoder->reads_tokens()) {
    EXPECT_THAT(message_of([&] {
                  encoder->forward({input.images, at::Tensor()});
                }),
                HasSubstr("the batch has no tokens"));
  }
}

INSTANTIATE_TEST_SUITE_P(All, EveryEncoder, ::testing::ValuesIn(cases()),
                         [](const auto& test) { return test.param.name; });

TEST(BuiltinEncoders, EachHasAHeaderOfItsName) {
  EncoderRegistry registry("encoder");
  register_builtin_encoders(registry);
  EXPECT_THAT(registry.names(),
              ::testing::ElementsAre("resnet", "token_mean", "transformer", "vit"));
  for (const std::string& name : registry.names()) {
    EXPECT_TRUE(std::filesystem::exists("framework/encoders/" + name + ".h")) << name;
    Node options = Node::map();
    options.set("name", name);
    const auto encoder = registry.create(options, kContext);
    EXPECT_EQ(encoder->forward(random_input()).sizes(), (std::vector<int64_t>{7, 10}));
  }
}

TEST(Resnet, DefaultHasTheReferencesSize) {
  const auto resnet = make_resnet({}, {});
  int64_t count = 0;
  for (const auto& [name, parameter] : resnet->parameters()) count += parameter.numel();
  EXPECT_EQ(count, 1259296);
}

TEST(Resnet, ZeroInitResidualStartsBlocksAsTheirShortcut) {
  const auto resnet =
      make_resnet({.widths = {8}, .blocks = {1}, .zero_init_residual = true}, kContext);
  bool found = false;
  for (const auto& [name, parameter] : resnet->parameters()) {
    if (name != "layer1.0.bn2.weight") continue;
    found = true;
    EXPECT_EQ(parameter.abs().max().item<float>(), 0);
  }
  EXPECT_TRUE(found);
}

TEST(Resnet, WantsAWidthForEachStage) {
  EXPECT_THAT(message_of([] {
                make_resnet({.widths = {8, 8}, .blocks = {1}}, kContext);
              }),
              HasSubstr("1 stages in blocks and 2 in widths"));
}

TEST(Vit, SaysWhatDoesNotFit) {
  EXPECT_THAT(message_of([] { make_vit({.patch_size = 5}, kContext); }),
              HasSubstr("patches of 5 pixels do not tile an image of 16"));
  EXPECT_THAT(message_of([] { make_vit({.width = 10, .heads = 3}, kContext); }),
              HasSubstr("3 heads do not divide a width of 10"));
  const auto vit = make_vit({.patch_size = 4, .width = 8, .depth = 1, .heads = 2}, kContext);
  EXPECT_THAT(message_of([&] {
                vit->forward({at::randn({1, 3, 8, 8}), {}});
              }),
              HasSubstr("images of 8x8 pixels, expected 16x16"));
}

TEST(Transformer, SaysWhatDoesNotFit) {
  EXPECT_THAT(message_of([] { small_transformer(true, "first"); }),
              HasSubstr("'first' with causal attention"));
  EXPECT_THAT(
      message_of([] { make_transformer({}, {.token_vocabulary = 0, .context_length = 9}); }),
      HasSubstr("a vocabulary of 0 tokens"));
  EXPECT_THAT(
      message_of([] { make_transformer({}, {.token_vocabulary = 9, .context_length = 1}); }),
      HasSubstr("a context length of 1"));
  const auto transformer = small_transformer(true, "last");
  EXPECT_THAT(message_of([&] {
                transformer->forward({{}, random_tokens(2, 10, 30)});
              }),
              HasSubstr("tokens are Long [2, 10], expected int64 [B, L] with L from 1 to the "
                        "context length of 9"));
}

TEST(ProductEncoder, PrefixesNamesByPart) {
  const auto product =
      make_product_encoder(small_resnet(), make_token_mean({}, kContext), {}, kContext);
  std::set<std::string> prefixes;
  for (const auto& [name, parameter] : product->parameters())
    prefixes.insert(name.substr(0, name.find('.')));
  EXPECT_THAT(prefixes, ::testing::ElementsAre("fusion", "image", "text"));
}

TEST(ProductEncoder, WithOneEncoderAddsNothing) {
  const auto product = make_product_encoder(nullptr, make_token_mean({}, kContext), {}, kContext);
  EXPECT_EQ(product->parameters().size(), 1u);
  EXPECT_FALSE(product->reads_images());
  EXPECT_FALSE(product->mixes_batch());
}

TEST(ProductEncoder, WantsTheRightEncoders) {
  EXPECT_THAT(message_of([] { make_product_encoder(nullptr, nullptr, {}, kContext); }),
              HasSubstr("at least one of them"));
  EXPECT_THAT(message_of([] {
                make_product_encoder(make_token_mean({}, kContext), nullptr, {}, kContext);
              }),
              HasSubstr("this encoder reads no images"));
  EXPECT_THAT(message_of([] { make_product_encoder(nullptr, small_resnet(), {}, kContext); }),
              HasSubstr("this encoder reads no text"));
}

}  // namespace
}  // namespace twinset::testing
