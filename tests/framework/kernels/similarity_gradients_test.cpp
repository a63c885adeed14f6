// The backward CUDA kernels' own source, run on the host (cuda_on_host.h), against naive loops.
#include "tests/framework/kernels/cuda_on_host.h"
//
#include <gtest/gtest.h>

#include "framework/kernels/similarity_gradients.cuh"
#include "framework/kernels/similarity_hopper.cuh"
#include "framework/kernels/similarity_products.cuh"
#include "tests/framework/kernels/similarity_problem.h"

namespace twinset {
namespace {

using namespace similarity_cases;

struct Gradients {
  std::vector<float> values;  // [num_x, num_y]
  double product = 0, loss = 0, sum = 0;
};

Gradients run_gradients(const Problem& p, bool is_sigmoid, bool are_many, bool is_descending) {
  const Arguments arguments(p);
  const SimilarityGrid grid = gradients_grid(p.num_x, p.num_y, p.is_bfloat16);
  const int64_t stride = (p.num_y + 7) / 8 * 8;
  const auto part_size = static_cast<size_t>(p.num_x * stride),
             num_parts = static_cast<size_t>(gradient_parts(p.is_bfloat16));
  std::vector<__nv_bfloat16> panel(part_size * num_parts, {0xffff});
  std::vector<double> products(static_cast<size_t>(grid.x * grid.y), NAN), losses(products),
      sums(products);
  const SimilarityGradients g{.is_sigmoid = is_sigmoid,
                              .factor = 0.5f,
                              .upstream = &p.upstream,
                              .x_shift = p.x_shift.data(),
                              .y_shift = p.y_shift.data(),
                              .pairs = p.pair_gradients.data(),
                              .gradients = panel.data(),
                              .stride = stride,
                              .part_stride = static_cast<int64_t>(part_size),
                              .products = products.data(),
                              .losses = losses.data(),
                              .sums = sums.data()};
  with_kind(p, are_many, [&](auto kind, int num_stages) {
    run_grid(grid.x, grid.y, similarity::kThreads, is_descending, [&] {
      if (is_sigmoid)
        return similarity::gradients_kernel<decltype(kind), true>(arguments.values, g, num_stages);
      similarity::gradients_kernel<decltype(kind), false>(arguments.values, g, num_stages);
    });
  });
  Gradients result;
  for (int64_t i = 0; i < p.num_x; ++i) {
    for (int64_t j = 0; j < stride; ++j) {
      const auto k = static_cast<size_t>(i * stride + j);
      float value = 0;
      for (size_t part = num_parts; part-- > 0;) value += host_float(panel[part * part_size + k]);
      if (j < p.num_y) {
        result.values.push_back(value);
      } else {
        EXPECT_EQ(value, 0.0f) << "padding";
      }
    }
  }
  for (double product : products) result.product += product;
  for (double loss : losses) result.loss += loss;
  for (double sum : sums) result.sum += sum;
  return result;
}

void expect_naive_gradients(const Problem& p, bool is_sigmoid) {
  const Gradients actual = run_gradients(p, is_sigmoid, false, false);
  double product = 0, products = 0, loss = 0, sum = 0;
  for (int64_t i = 0; i < p.num_x; ++i) {
    for (int64_t j = 0; j < p.num_y; ++j) {
      const double l = p.logit(i, j);
      const int64_t pair = Problem::find(p.positives, i, j);
      double g = is_sigmoid
                     ? 1 / (1 + std::exp(-l))
                     : std::exp(l - static_cast<double>(p.x_shift[static_cast<size_t>(i)])) +
                           std::exp(l - static_cast<double>(p.y_shift[static_cast<size_t>(j)]));
      const double factor = 0.5 * static_cast<double>(p.upstream);
      // Coefficients are rounded to the operands' type.
      const double size = g, precision = p.is_bfloat16 ? 1.0 / 256 : 1e-5;
      if (pair >= 0)
        g += is_sigmoid ? -1.0 : static_cast<double>(p.pair_gradients[static_cast<size_t>(pair)]);
      loss += std::log1p(std::exp(l)) - (pair >= 0 ? l : 0);
      sum += g;
      product += factor * g * p.product(i, j);
      products += std::abs(factor * g * p.product(i, j));
      const double f = factor * static_cast<double>(p.scale);
      ASSERT_NEAR(static_cast<double>(actual.values[static_cast<size_t>(i * p.num_y + j)]), f * g,
                  precision * std::abs(f * g) + 1e-5 * f * size)
          << i << " " << j << " " << is_sigmoid;
    }
  }
  EXPECT_NEAR(actual.product, product, 2e-6 * products);  // unrounded
  if (is_sigmoid) {
    EXPECT_NEAR(actual.loss, loss, 1e-6 * std::abs(loss));
    EXPECT_NEAR(actual.sum, sum, 1e-6 * std::max(1.0, std::abs(sum)));
  }
  EXPECT_EQ(run_gradients(p, is_sigmoid, true, true).values, actual.values);
}

TEST(SimilarityTilesOnHost, GradientsMatchNaiveLoop) {
  for (Problem& p : problems()) {
    expect_naive_gradients(p, false);
    p.removes_positives = false;
    expect_naive_gradients(p, true);
  }
}

// Where one exponential a pair does not do, and where lines without a softmax (an infinite shift)
// leave it possible or not.
TEST(SimilarityTilesOnHost, GradientsOfShiftsFarApartOrOpenMatchNaiveLoop) {
  for (const Problem& like : with_hopper({Problem(130, 140, 33, false, false, false),
                                          Problem(140, 130, 40, true, true, false)})) {
    Problem p = like;
    p.x_shift[3] = 200;
    expect_naive_gradients(p, false);
    p = like;
    for (size_t j = 0; j < p.y_shift.size(); j += 2) p.y_shift[j] = INFINITY;
    expect_naive_gradients(p, false);
    // Logits beyond a float32's exponent, between lines without a softmax alone.
    p.x_shift[9] = INFINITY;
    for (int64_t d = 0; d < p.depth; ++d) {
      const bool is_first_half = d < p.depth / 2;
      p.x[static_cast<size_t>(9 * p.depth + d)] *= is_first_half ? 64.0f : 0.0f;
      for (int64_t j = 1; j < p.num_y && is_first_half; j += 2)
        p.y[static_cast<size_t>(j * p.depth + d)] = 0;
    }
    expect_naive_gradients(p, false);
  }
}

}  // namespace
}  // namespace twinset
