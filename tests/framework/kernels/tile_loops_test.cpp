#include "framework/kernels/tile_loops.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <vector>

namespace twinset {
namespace {

double softplus(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); }
double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

// Every test for every level of instructions that this processor has.
class TileLoopsTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override { choose_tile_loops(GetParam()); }
  void TearDown() override { choose_tile_loops(""); }
};

struct SigmoidSums {
  double losses = 0, sigmoids = 0;
};

SigmoidSums run_sigmoid(std::vector<float>& logits, int64_t rows, bool is_gradient) {
  const auto columns = static_cast<int64_t>(logits.size()) / rows;
  SigmoidSums sums;
  tile_loops().sigmoid({logits.data(), columns, rows, columns}, 0.25f, is_gradient, &sums.losses,
                       &sums.sigmoids);
  return sums;
}

TEST_P(TileLoopsTest, SigmoidIsFloat64sAtAnySizeOfTheLogits) {
  std::mt19937 random(1);
  for (const float center : {-60.0f, -30.0f, -10.0f, -1.0f, 0.0f, 1.0f, 10.0f, 60.0f}) {
    for (const int64_t panels : {1, 3, 5, 12}) {
      const int64_t rows = 3;
      std::normal_distribution<float> normal(center, 2.0f);
      std::vector<float> logits(static_cast<size_t>(rows * panels * tile_loops().panel));
      for (float& l : logits) l = normal(random);
      double losses = 0, sigmoids = 0;
      std::vector<double> gradients;
      for (float l : logits) {
        const auto x = static_cast<double>(l);
        losses += softplus(x), sigmoids += sigmoid(x), gradients.push_back(0.25 * sigmoid(x));
      }
      std::vector<float> untouched = logits;
      const SigmoidSums values = run_sigmoid(untouched, rows, false);
      EXPECT_EQ(untouched, logits);
      EXPECT_NEAR(values.losses, losses, 1e-6 * losses) << center << " " << panels;
      const SigmoidSums actual = run_sigmoid(logits, rows, true);
      EXPECT_EQ(actual.losses, values.losses);
      EXPECT_NEAR(actual.sigmoids, sigmoids, 1e-6 * sigmoids) << center << " " << panels;
      for (size_t i = 0; i < logits.size(); ++i)
        EXPECT_NEAR(logits[i], gradients[i], 5e-7 * gradients[i]) << center << " " << i;
    }
  }
}

TEST_P(TileLoopsTest, OneLogitsLossKeepsItsPrecision) {
  const auto columns = static_cast<size_t>(tile_loops().panel);
  for (float l = -80; l <= 80; l += 0.37f) {
    std::vector<float> logits(columns, -std::numeric_limits<float>::infinity());
    logits[3] = l;
    const double expected = softplus(static_cast<double>(l));
    EXPECT_NEAR(run_sigmoid(logits, 1, true).losses, expected, 4e-7 * expected) << l;
  }
}

TEST_P(TileLoopsTest, SigmoidOfTheExtremes) {
  const float infinity = std::numeric_limits<float>::infinity();
  const auto columns = static_cast<size_t>(tile_loops().panel);
  std::vector<float> logits(columns, -infinity);
  const SigmoidSums nothing = run_sigmoid(logits, 1, true);
  EXPECT_EQ(nothing.losses, 0);
  EXPECT_EQ(nothing.sigmoids, 0);
  for (float gradient : logits) EXPECT_EQ(gradient, 0);
  logits.assign(columns, 0.0f);  // (1 + 1)^n: the largest product
  const SigmoidSums zeros = run_sigmoid(logits, 1, true);
  EXPECT_NEAR(zeros.losses, static_cast<double>(columns) * std::log(2.0), 1e-5);
  EXPECT_NEAR(zeros.sigmoids, static_cast<double>(columns) / 2, 1e-5);
  logits.assign(columns, infinity);
  const SigmoidSums ones = run_sigmoid(logits, 1, true);
  EXPECT_EQ(ones.losses, infinity);
  EXPECT_EQ(ones.sigmoids, static_cast<double>(columns));
  logits.assign(columns, 0.0f);
  logits[1] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_TRUE(std::isnan(run_sigmoid(logits, 1, true).losses));
}

// The two products of the backward pass, stored first and then added.
TEST_P(TileLoopsTest, ProductsAreStoredOrAdded) {
  const TileLoops& loops = tile_loops();
  const int64_t rows = 2 * loops.block_rows, columns = 96, width = loops.panel;
  std::mt19937 random(2);
  std::normal_distribution<float> normal;
  const auto draw = [&](int64_t count) {
    std::vector<float> values(static_cast<size_t>(count));
    for (float& x : values) x = normal(random);
    return values;
  };
  const auto at = [](const std::vector<float>& x, int64_t i) {
    return static_cast<double>(x[static_cast<size_t>(i)]);
  };
  std::vector<float> g = draw(rows * columns);
  const std::vector<float> documents = draw(columns * width), queries = draw(rows * width);
  const TileBlock tile{g.data(), columns, rows, columns};
  const float nan = std::numeric_limits<float>::quiet_NaN();
  std::vector<float> of_queries(static_cast<size_t>(rows * width), nan),
      of_documents(static_cast<size_t>(columns * width), nan);
  for (const double times : {1.0, 2.0}) {
    const bool is_first = times == 1.0;
    loops.add_product(tile, documents.data(), width, is_first, of_queries.data(), width);
    loops.add_transposed_product(tile, queries.data(), rows, width, is_first, of_documents.data(),
                                 width);
    for (int64_t d = 0; d < width; ++d) {
      for (int64_t i = 0; i < rows; ++i) {
        double sum = 0;
        for (int64_t j = 0; j < columns; ++j)
          sum += at(g, i * columns + j) * at(documents, j * width + d);
        EXPECT_NEAR(at(of_queries, i * width + d), times * sum, 2e-4);
      }
      for (int64_t j = 0; j < columns; ++j) {
        double sum = 0;
        for (int64_t i = 0; i < rows; ++i)
          sum += at(g, i * columns + j) * at(queries, i * width + d);
        EXPECT_NEAR(at(of_documents, j * width + d), times * sum, 2e-4);
      }
    }
  }
}

std::vector<std::string> levels() {
  const auto names = available_tile_loops();
  return {names.begin(), names.end()};
}

INSTANTIATE_TEST_SUITE_P(Instructions, TileLoopsTest, testing::ValuesIn(levels()),
                         [](const auto& level) { return level.param; });

}  // namespace
}  // namespace twinset
