// TIRG's composition against loops in float64 that follow its formula, and its identities.
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/randn.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <vector>

#include "framework/encoders/convert.h"
#include "framework/encoders/product_encoder.h"
#include "tests/framework/encoders/encoder_testing.h"

namespace twinset::testing {
namespace {

constexpr int64_t kDim = 3;
constexpr double kBatchNormEpsilon = 1e-5;

// Hands its input on: features [B, D] in the place of images or tokens.
class Features : public Encoder {
 public:
  explicit Features(bool is_image) : is_image_(is_image) {}
  at::Tensor forward(const EncoderInput& input) override {
    return is_image_ ? input.images : input.tokens;
  }
  bool reads_images() const override { return is_image_; }
  bool reads_tokens() const override { return !is_image_; }
  NamedTensors parameters() const override { return {}; }
  NamedTensors buffers() const override { return {}; }
  void set_training(bool) override {}
  void to_device(const std::string&) override {}
  bool mixes_batch() const override { return false; }

 private:
  bool is_image_;
};

std::unique_ptr<Encoder> make_tirg() {
  auto encoder =
      make_product_encoder(std::make_unique<Features>(true), std::make_unique<Features>(false),
                           {.kind = "tirg"}, {.embedding_dim = kDim});
  const at::NoGradGuard no_grad;
  // No weight keeps a first value that hides it, such as 0 or 1.
  for (const auto& [name, tensor] : encoder->parameters()) {
    if (name != "fusion.a") tensor.add_(at::randn(tensor.sizes()).mul(0.3));
  }
  convert_weights(*encoder, at::kDouble);
  return encoder;
}

EncoderInput random_features(int64_t batch) {
  const at::TensorOptions type(at::kDouble);
  return {at::randn({batch, kDim}, type), at::randn({batch, kDim}, type)};
}

using Row = std::vector<double>;

struct NaiveTirg {
  std::map<std::string, at::Tensor> weights;

  double value(const std::string& name, int64_t i) const {
    return weights.at("fusion." + name)[i].item<double>();
  }
  double value(const std::string& name, int64_t i, int64_t j) const {
    return weights.at("fusion." + name)[i][j].item<double>();
  }

  std::vector<Row> batch_norm_relu(const std::vector<Row>& rows, const std::string& name,
                                   bool is_training) const {
    std::vector<Row> result = rows;
    for (size_t d = 0; d < rows[0].size(); ++d) {
      const auto channel = static_cast<int64_t>(d);
      double mean = 0, variance = 0;
      if (is_training) {
        for (const Row& row : rows) mean += row[d] / static_cast<double>(rows.size());
        for (const Row& row : rows)
          variance += (row[d] - mean) * (row[d] - mean) / static_cast<double>(rows.size());
      } else {
        mean = value(name + ".running_mean", channel);
        variance = value(name + ".running_var", channel);
      }
      for (Row& row : result) {
        const double unit = (row[d] - mean) / std::sqrt(variance + kBatchNormEpsilon);
        row[d] =
            std::max(0.0, unit * value(name + ".weight", channel) + value(name + ".bias", channel));
      }
    }
    return result;
  }

  Row linear(const Row& x, const std::string& name, int64_t outputs) const {
    Row y;
    for (int64_t o = 0; o < outputs; ++o) {
      double sum = value(name + ".bias", o);
      for (size_t i = 0; i < x.size(); ++i)
        sum += value(name + ".weight", o, static_cast<int64_t>(i)) * x[i];
      y.push_back(sum);
    }
    return y;
  }

  // [b][d], of features image and text.
  std::vector<Row> forward(const EncoderInput& input, bool is_training) const {
    std::vector<Row> both;
    for (int64_t b = 0; b < input.images.size(0); ++b) {
      Row& row = both.emplace_back();
      for (const at::Tensor& side : {input.images, input.tokens}) {
        for (int64_t d = 0; d < kDim; ++d) row.push_back(side[b][d].item<double>());
      }
    }
    const auto gate_input = batch_norm_relu(both, "gate.0", is_training);
    const auto residual_input = batch_norm_relu(both, "residual.0", is_training);
    std::vector<Row> result;
    for (size_t b = 0; b < both.size(); ++b) {
      const Row gate = linear(gate_input[b], "gate.2", kDim);
      Row hidden = linear(residual_input[b], "residual.2", 2 * kDim);
      for (double& h : hidden) h = std::max(0.0, h);
      const Row residual = linear(hidden, "residual.4", kDim);
      Row& row = result.emplace_back();
      for (size_t d = 0; d < kDim; ++d) {
        row.push_back(value("a", 0) / (1 + std::exp(-gate[d])) * both[b][d] +
                      value("a", 1) * residual[d]);
      }
    }
    return result;
  }
};

NaiveTirg naive(const Encoder& encoder) {
  NaiveTirg result;
  for (const auto& [name, tensor] : encoder.parameters()) result.weights[name] = tensor.detach();
  for (const auto& [name, tensor] : encoder.buffers())
    result.weights[name] = tensor.detach().clone();
  return result;
}

void expect_same(const at::Tensor& actual, const std::vector<Row>& expected) {
  ASSERT_EQ(actual.size(0), static_cast<int64_t>(expected.size()));
  for (int64_t b = 0; b < actual.size(0); ++b) {
    for (int64_t d = 0; d < kDim; ++d)
      EXPECT_NEAR(actual[b][d].item<double>(),
                  expected[static_cast<size_t>(b)][static_cast<size_t>(d)], 1e-12);
  }
}

TEST(TirgFusion, IsItsFormulaInTrainingAndInEvaluation) {
  seed_torch(1);
  const auto encoder = make_tirg();
  const EncoderInput input = random_features(5);
  const NaiveTirg before = naive(*encoder);
  expect_same(encoder->forward(input), before.forward(input, true));
  encoder->set_training(false);
  expect_same(encoder->forward(input), naive(*encoder).forward(input, false));
}

TEST(TirgFusion, StartsWithAGateOfWeightOneAndAResidualOfWeightTen) {
  const auto encoder = make_tirg();
  const NaiveTirg weights = naive(*encoder);
  EXPECT_EQ(weights.value("a", 0), 1.0);
  EXPECT_EQ(weights.value("a", 1), 10.0);
  EXPECT_TRUE(encoder->mixes_batch());
}

TEST(TirgFusion, HasTheGradientOfItsForward) {
  seed_torch(2);
  expect_differentiable(*make_tirg(), random_features(6));
}

TEST(TirgFusion, GivesBothFeaturesTheirGradient) {
  seed_torch(3);
  const auto encoder = make_tirg();
  EncoderInput input = random_features(4);
  for (const at::Tensor& side : {input.images, input.tokens}) side.set_requires_grad(true);
  const at::Tensor weights = at::randn({4, kDim}, at::kDouble);
  encoder->forward(input).mul(weights).sum().backward();
  const at::NoGradGuard no_grad;
  const auto loss = [&] { return encoder->forward(input).mul(weights).sum().item<double>(); };
  for (const at::Tensor& side : {input.images, input.tokens}) {
    const at::Tensor direction = at::randn({4, kDim}, at::kDouble);
    side.add_(direction, 1e-6);
    const double above = loss();
    side.sub_(direction, 2e-6);
    const double below = loss();
    side.add_(direction, 1e-6);
    EXPECT_NEAR(side.grad().mul(direction).sum().item<double>(), (above - below) / 2e-6, 1e-6);
  }
}

TEST(TirgFusion, WithAnOpenGateAndNoResidualIsTheImage) {
  const auto encoder = make_tirg();
  const at::NoGradGuard no_grad;
  for (const auto& [name, tensor] : encoder->parameters()) {
    if (name == "fusion.a") tensor[1] = 0.0;
    if (name == "fusion.gate.2.weight") tensor.zero_();
    if (name == "fusion.gate.2.bias") tensor.fill_(60.0);  // sigmoid(60) is 1 in float64
  }
  const EncoderInput input = random_features(4);
  EXPECT_LT(relative_error(encoder->forward(input), input.images), 1e-14);
}

}  // namespace
}  // namespace twinset::testing
