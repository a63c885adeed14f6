// Chunks in one process; contrastive_ranks_test.cpp has the ranks.
#include "framework/trainer/contrastive_step.h"

#include <ATen/Parallel.h>
#include <ATen/ops/dropout.h>
#include <ATen/ops/embedding.h>
#include <ATen/ops/randn.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "framework/core/error.h"
#include "framework/encoders/resnet.h"
#include "framework/encoders/vit.h"
#include "framework/losses/sigmoid.h"
#include "framework/losses/sup_con.h"
#include "framework/negatives/full_vocabulary.h"
#include "framework/negatives/in_batch.h"
#include "framework/trainer/chunked_tower.h"
#include "tests/framework/trainer/toy_step.h"

namespace twinset {
namespace {

using testing::ToyStep;

struct Chunks {
  int64_t query, document, concurrent = 1;
};
class GradientCaching : public ::testing::TestWithParam<Chunks> {};

TEST_P(GradientCaching, GivesTheWholeBatchsGradients) {
  for (const bool is_sampled : {true, false}) {
    ToyStep toy;
    const auto negatives =
        is_sampled ? make_in_batch({}, toy.context()) : make_full_vocabulary({}, toy.context());
    const auto loss = make_sigmoid({});
    toy.to_double(*loss);
    const Batch batch = toy.batch(0, 17);
    const auto run = [&](const ContrastiveOptions& options) {
      ContrastiveStep step(toy.parts(*negatives, *loss), options);
      const double value = step.backward(batch, 3).loss;
      return std::pair(value, toy.gradients(*loss));
    };
    const auto [whole_value, whole] = run({});
    const auto [cut_value, cut] = run({.query_chunk = GetParam().query,
                                       .document_chunk = GetParam().document,
                                       .concurrent_chunks = GetParam().concurrent});
    EXPECT_NEAR(whole_value, cut_value, 1e-12);
    testing::expect_equal_gradients(whole, cut);
  }
}
INSTANTIATE_TEST_SUITE_P(Chunks, GradientCaching,
                         ::testing::Values(Chunks{1, 1}, Chunks{4, 0}, Chunks{0, 3}, Chunks{5, 4},
                                           Chunks{17, 100}, Chunks{1, 1, 2}, Chunks{4, 0, 3},
                                           Chunks{5, 4, 100}),
                         [](const auto& parameter) {
                           return "q" + std::to_string(parameter.param.query) + "d" +
                                  std::to_string(parameter.param.document) + "c" +
                                  std::to_string(parameter.param.concurrent);
                         });

// One weight vector a token, of which dropout takes half: the second pass must draw what the first
// drew, or the gradient of the cached embeddings is that of another function.
class DropoutEncoder final : public Encoder {
 public:
  DropoutEncoder() : table_(at::randn({16, 6}, at::kDouble).set_requires_grad(true)) {}
  at::Tensor forward(const EncoderInput& input) override {
    ++num_passes;
    at::Tensor dropped = at::dropout(at::embedding(table_, input.tokens.select(1, 0)), 0.5, true);
    outputs.push_back(dropped.detach());
    return dropped;
  }
  bool reads_images() const override { return false; }
  bool reads_tokens() const override { return true; }
  NamedTensors parameters() const override { return {{"table", table_}}; }
  NamedTensors buffers() const override { return {}; }
  void set_training(bool) override {}
  void to_device(const std::string&) override {}
  bool mixes_batch() const override { return false; }

  int num_passes = 0;
  std::vector<at::Tensor> outputs;

 private:
  at::Tensor table_;
};

TEST(ChunkedTower, RestoresDropout) {
  DropoutEncoder encoder;
  const at::Tensor tokens = at::arange(10, at::kLong).view({10, 1});
  const TowerRows rows{.num_rows = 10,
                       .input =
                           [&](int64_t begin, int64_t length) {
                             return EncoderInput{.images = {},
                                                 .tokens = tokens.narrow(0, begin, length)};
                           },
                       .chunk = 4,
                       .seed = 1,
                       .step = 2,
                       .purpose = "query"};
  ChunkedTower tower(encoder, Precision::kFloat32, rows);
  ASSERT_EQ(encoder.num_passes, 3);
  tower.backward_but_last(at::randn({10, 6}, at::kDouble));
  ASSERT_EQ(encoder.num_passes, 5) << "the last chunk keeps its graph";
  EXPECT_TRUE(encoder.outputs[0].equal(encoder.outputs[3]));
  EXPECT_TRUE(encoder.outputs[1].equal(encoder.outputs[4]));
  EXPECT_FALSE(encoder.outputs[0].ne(0).equal(encoder.outputs[1].ne(0)))
      << "chunks draw differently";
  // Whole chunks on another rank draw what one process draws; another step does not.
  TowerRows second_chunk = rows;
  second_chunk.num_rows = 4;
  second_chunk.first_row = 4;
  second_chunk.input = [&](int64_t begin, int64_t length) { return rows.input(4 + begin, length); };
  ChunkedTower other_rank(encoder, Precision::kFloat32, second_chunk);
  EXPECT_TRUE(encoder.outputs[5].equal(encoder.outputs[1]));
  second_chunk.step = 3;
  ChunkedTower other_step(encoder, Precision::kFloat32, second_chunk);
  EXPECT_FALSE(encoder.outputs[6].equal(encoder.outputs[1]));
}

// What the towers of use are made of, in both precisions: oneDNN's convolution and products,
// attention, autocast.
TEST(ChunkedTower, ConcurrentChunksHaveTheGradientsOfOneAtATime) {
  const int threads = at::get_num_threads();
  at::set_num_threads(2);
  for (const Precision precision : {Precision::kFloat32, Precision::kBFloat16}) {
    at::manual_seed(3);
    const auto encoder = make_vit({.patch_size = 8, .width = 48, .depth = 2, .heads = 2},
                                  {.image_size = 32, .embedding_dim = 10});
    const at::Tensor images = at::randn({52, 3, 32, 32}).contiguous(at::MemoryFormat::ChannelsLast),
                     upstream = at::randn({52, 10});
    const auto gradients = [&](int64_t concurrent_chunks) {
      ChunkedTower tower(*encoder, precision,
                         {.num_rows = 52,
                          .input =
                              [&](int64_t begin, int64_t length) {
                                return EncoderInput{.images = images.narrow(0, begin, length),
                                                    .tokens = {}};
                              },
                          .chunk = 8,
                          .concurrent_chunks = concurrent_chunks});
      tower.backward_but_last(upstream);
      std::vector<at::Tensor> result{tower.embeddings()};
      for (const auto& [name, parameter] : encoder->parameters()) {
        result.push_back(parameter.grad().clone());
        parameter.mutable_grad() = at::Tensor();
      }
      return result;
    };
    const auto expected = gradients(1);
    const double tolerance = precision == Precision::kFloat32 ? 1e-5 : 2e-2;
    for (int repetition = 0; repetition < 10; ++repetition) {
      const auto actual = gradients(2);
      for (size_t i = 0; i < expected.size(); ++i)
        EXPECT_LT((actual[i] - expected[i]).norm().item<double>(),
                  tolerance * expected[i].norm().item<double>())
            << i << " " << repetition;
    }
  }
  at::set_num_threads(threads);
}

std::string refusal(const ContrastiveParts& parts, const ContrastiveOptions& options) {
  try {
    ContrastiveStep step(parts, options);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

TEST(ContrastiveStep, RefusesConcurrentChunksThatCannotBe) {
  ToyStep toy;
  const auto loss = make_sup_con({});
  const auto negatives = make_full_vocabulary({}, toy.context());
  ContrastiveParts parts = toy.parts(*negatives, *loss);
  using ::testing::HasSubstr;
  EXPECT_THAT(refusal(parts, {.concurrent_chunks = 2}),
              HasSubstr("set trainer.query_chunk or trainer.document_chunk"));
  EXPECT_THAT(refusal(parts, {.device = "cuda", .query_chunk = 4, .concurrent_chunks = 2}),
              HasSubstr("cuda embeds one chunk at a time"));
  EXPECT_EQ(refusal(parts, {.query_chunk = 4, .concurrent_chunks = 2}), "");
  DualEncoder model;
  model.query = std::make_unique<DropoutEncoder>();
  model.document = std::move(toy.model.document);
  parts.model = &model;
  EXPECT_THAT(refusal(parts, {.query_chunk = 4, .concurrent_chunks = 2}),
              HasSubstr("trainer.concurrent_chunks=2: the query encoder embeds one chunk at a"));
  EXPECT_EQ(refusal(parts, {.document_chunk = 4, .concurrent_chunks = 2}), "");
}

TEST(ContrastiveStep, BatchNormIsRefusedWithChunksUnlessAllowed) {
  ToyStep toy;
  const auto loss = make_sup_con({});
  const auto negatives = make_full_vocabulary({}, toy.context());
  DualEncoder model;
  model.query = make_resnet({.widths = {4, 4, 4, 4}}, {.image_size = 16, .embedding_dim = 6});
  model.document = std::move(toy.model.document);
  ContrastiveParts parts = toy.parts(*negatives, *loss);
  parts.model = &model;
  EXPECT_NO_THROW(ContrastiveStep(parts, {}));
  EXPECT_NO_THROW(ContrastiveStep(parts, {.document_chunk = 2})) << "the document encoder has none";
  try {
    ContrastiveStep(parts, {.query_chunk = 8});
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_THAT(
        error.what(),
        ::testing::HasSubstr(
            "trainer.query_chunk: the query encoder has batch norm, which mixes the samples"));
    EXPECT_THAT(error.what(), ::testing::HasSubstr("trainer.batch_norm=per_chunk"));
  }
  EXPECT_NO_THROW(ContrastiveStep(parts, {.query_chunk = 8, .allows_chunk_statistics = true}));
}

TEST(ContrastiveStep, ABatchWithoutAnyDocumentStillSteps) {
  ToyStep toy;
  const auto loss = make_sup_con({});
  toy.to_double(*loss);
  const auto negatives = make_in_batch({}, toy.context());
  Batch batch = toy.batch(0, 5);
  batch.labels = SparsePairs{.num_columns = toy.context().num_documents};
  for (int i = 0; i < 5; ++i) batch.labels.add_row({});
  ContrastiveStep step(toy.parts(*negatives, *loss), {.query_chunk = 2, .document_chunk = 2});
  EXPECT_EQ(step.backward(batch, 0).loss, 0.0);
}

// An encoder with a parameter that it does not use.
class WithUnused final : public Encoder {
 public:
  explicit WithUnused(std::unique_ptr<Encoder> encoder)
      : encoder_(std::move(encoder)),
        unused_(at::randn({2}, at::kDouble).set_requires_grad(true)) {}
  at::Tensor forward(const EncoderInput& input) override { return encoder_->forward(input); }
  bool reads_images() const override { return encoder_->reads_images(); }
  bool reads_tokens() const override { return encoder_->reads_tokens(); }
  NamedTensors parameters() const override {
    NamedTensors parameters = encoder_->parameters();
    parameters.emplace_back("unused", unused_);
    return parameters;
  }
  NamedTensors buffers() const override { return encoder_->buffers(); }
  void set_training(bool training) override { encoder_->set_training(training); }
  void to_device(const std::string& device) override { encoder_->to_device(device); }
  bool mixes_batch() const override { return encoder_->mixes_batch(); }
  const at::Tensor& unused() const { return unused_; }

 private:
  std::unique_ptr<Encoder> encoder_;
  at::Tensor unused_;
};

TEST(ContrastiveStep, AnUnusedParameterStaysAndIsNamedOnce) {
  ToyStep toy;
  const auto loss = make_sup_con({});
  toy.to_double(*loss);
  const auto negatives = make_full_vocabulary({}, toy.context());
  auto document = std::make_unique<WithUnused>(std::move(toy.model.document));
  const at::Tensor unused = document->unused();
  toy.model.document = std::move(document);
  ContrastiveStep step(toy.parts(*negatives, *loss), {.document_chunk = 4});
  ::testing::internal::CaptureStderr();
  step.backward(toy.batch(0, 7), 0);
  EXPECT_THAT(::testing::internal::GetCapturedStderr(),
              ::testing::HasSubstr("no gradient reaches 1 parameters, they stay as they are: "
                                   "document.unused"));
  EXPECT_FALSE(unused.grad().defined());
  ::testing::internal::CaptureStderr();
  step.backward(toy.batch(7, 7), 1);
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace twinset
