// The forward CUDA kernels' own source, run on the host (cuda_on_host.h), against naive loops.
#include "tests/framework/kernels/cuda_on_host.h"
//
#include <gtest/gtest.h>

#include "framework/kernels/similarity_hopper.cuh"
#include "framework/kernels/similarity_log_sums.cuh"
#include "framework/kernels/similarity_products.cuh"
#include "tests/framework/kernels/similarity_problem.h"

namespace twinset {
namespace {

using namespace similarity_cases;

struct Sums {
  std::vector<float> x_maxima, x_sums, y_maxima, y_sums;
  std::vector<double> pair_logits;
};

Sums run_sums(const Problem& p, const SimilarityGrid& grid, bool are_many, bool is_descending) {
  const Arguments arguments(p);
  const auto space = [](int64_t count) {
    return std::vector<float>(static_cast<size_t>(count), NAN);
  };
  Sums sums{space(grid.y * p.num_x), space(grid.y * p.num_x), space(grid.x * p.num_y),
            space(grid.x * p.num_y), std::vector<double>(p.positives.columns.size(), NAN)};
  const SimilaritySums out{sums.x_maxima.data(), sums.x_sums.data(), sums.y_maxima.data(),
                           sums.y_sums.data(), sums.pair_logits.data()};
  with_kind(p, are_many, [&](auto kind, int num_stages) {
    run_grid(grid.x, grid.y, similarity::kThreads, is_descending,
             [&] { similarity::sums_kernel<decltype(kind)>(arguments.values, out, num_stages); });
  });
  return sums;
}

struct Lines {
  std::vector<double> maxima, log_sums;
};

Lines run_log_sums(const std::vector<float>& maxima, const std::vector<float>& sums,
                   int64_t num_lines) {
  Lines lines{std::vector<double>(static_cast<size_t>(num_lines), NAN),
              std::vector<double>(static_cast<size_t>(num_lines), NAN)};
  const SimilarityLogSums arguments{.maxima = maxima.data(),
                                    .sums = sums.data(),
                                    .num_shares = static_cast<int64_t>(maxima.size()) / num_lines,
                                    .num_lines = num_lines,
                                    .line_maxima = lines.maxima.data(),
                                    .log_sums = lines.log_sums.data()};
  run_grid((num_lines + similarity::kThreads - 1) / similarity::kThreads, 2, similarity::kThreads,
           false, [&] { similarity::log_sums_kernel(arguments, arguments); });
  return lines;
}

void expect_near(double actual, double wanted, double tolerance, int64_t line) {
  if (std::isinf(wanted)) {
    EXPECT_EQ(actual, wanted) << line;
  } else {
    EXPECT_NEAR(actual, wanted, tolerance + 2.5e-7 * std::abs(wanted)) << line;
  }
}

void expect_naive_sums(const Problem& p, double tolerance) {
  const Sums sums = run_sums(p, sums_grid(p.num_x, p.num_y, p.is_bfloat16), true, false);
  const Lines rows = run_log_sums(sums.x_maxima, sums.x_sums, p.num_x),
              columns = run_log_sums(sums.y_maxima, sums.y_sums, p.num_y);
  std::vector<double> column_sums(static_cast<size_t>(p.num_y));
  for (int64_t i = 0; i < p.num_x; ++i) {
    double sum = 0, largest = -INFINITY;
    for (int64_t j = 0; j < p.num_y; ++j) {
      const int64_t pair = Problem::find(p.positives, i, j);
      const double offset = pair >= 0 && p.is_uncorrected
                                ? static_cast<double>(p.log_q[static_cast<size_t>(j)])
                                : 0.0,
                   logit = p.logit(i, j);
      sum += std::exp(logit + offset);
      largest = std::max(largest, logit + offset);
      column_sums[static_cast<size_t>(j)] += std::exp(logit);
      if (pair < 0) continue;
      const double wanted = static_cast<double>(p.scale) * p.product(i, j) +
                            static_cast<double>(p.bias) -
                            static_cast<double>(p.log_q[static_cast<size_t>(j)]) + offset;
      ASSERT_NEAR(sums.pair_logits[static_cast<size_t>(pair)], wanted,
                  3 * tolerance + 2.5e-7 * std::abs(wanted))
          << i << " " << j;
    }
    expect_near(rows.log_sums[static_cast<size_t>(i)], std::log(sum), tolerance, i);
    expect_near(rows.maxima[static_cast<size_t>(i)], largest, 3 * tolerance, i);
  }
  for (int64_t j = 0; j < p.num_y; ++j)
    expect_near(columns.log_sums[static_cast<size_t>(j)],
                std::log(column_sums[static_cast<size_t>(j)]), tolerance, j);
}

TEST(SimilarityTilesOnHost, SumsMatchNaiveLoop) {
  for (const Problem& p : problems()) expect_naive_sums(p, 3e-6);
}

TEST(SimilarityTilesOnHost, SumsOfLinesFarBelowOthersMatchNaiveLoop) {
  for (Problem p : with_hopper({Problem(130, 265, 33, false, true, false),
                                Problem(140, 270, 130, true, true, false)})) {
    // Row 3 has logits of hundreds, beside which its neighbours' underflow; column 5 is far down.
    for (int64_t d = 0; d < p.depth; ++d) p.x[static_cast<size_t>(3 * p.depth + d)] *= 64;
    p.log_q[5] = 150;
    expect_naive_sums(p, 1e-4);
  }
}

TEST(SimilarityTilesOnHost, OneBlockOfManyTilesHasTheSumsOfManyBlocks) {
  Problem p(140, 270, 130, true, false, true);
  for (const bool is_hopper : {false, true}) {
    p.is_hopper = is_hopper;
    const Sums many = run_sums(p, {2, 2}, true, false), one = run_sums(p, {1, 1}, false, true);
    EXPECT_EQ(one.pair_logits, many.pair_logits);
    for (const auto& [a, b] : {std::pair(run_log_sums(one.x_maxima, one.x_sums, p.num_x),
                                         run_log_sums(many.x_maxima, many.x_sums, p.num_x)),
                               std::pair(run_log_sums(one.y_maxima, one.y_sums, p.num_y),
                                         run_log_sums(many.y_maxima, many.y_sums, p.num_y))}) {
      EXPECT_EQ(a.maxima, b.maxima);
      for (size_t k = 0; k < a.log_sums.size(); ++k)
        EXPECT_NEAR(a.log_sums[k], b.log_sums[k], 1e-6);
    }
    const Sums reversed = run_sums(p, {2, 2}, false, true);
    EXPECT_EQ(reversed.x_sums, many.x_sums);
    EXPECT_EQ(reversed.y_sums, many.y_sums);
  }
}

}  // namespace
}  // namespace twinset
