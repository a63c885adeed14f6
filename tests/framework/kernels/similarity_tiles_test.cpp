// The CUDA kernels' own source, run on the host (cuda_on_host.h), against naive loops.
#include "tests/framework/kernels/cuda_on_host.h"
//
#include <gtest/gtest.h>

#include "framework/core/random.h"
#include "framework/kernels/similarity_tiles.cuh"
#include "framework/kernels/transposed_pairs.h"

namespace twinset {
namespace {

float rounded(float value, bool is_bfloat16) {
  return is_bfloat16 ? host_float(__float2bfloat16(value)) : nvcuda::wmma::__float_to_tf32(value);
}

struct Problem {
  int64_t num_x, num_y, depth;
  bool is_bfloat16, removes_positives, is_uncorrected;
  float scale = 3.0f;
  std::vector<float> x, y, log_q, x_shift, y_shift;
  SparsePairs excluded, positives;
  std::vector<float> pair_gradients;

  Problem(int64_t nx, int64_t ny, int64_t d, bool bf16, bool removes, bool uncorrected)
      : num_x(nx), num_y(ny), depth(d), is_bfloat16(bf16), removes_positives(removes), is_uncorrected(uncorrected) {
    CounterRandom random({.seed = 5, .purpose = "similarity_tiles_test"});
    const auto fill = [&](int64_t count, double size) {
      std::vector<float> result;
      for (int64_t i = 0; i < count; ++i) result.push_back(rounded(static_cast<float>(random.normal() * size), is_bfloat16));
      return result;
    };
    x = fill(nx * d, 1 / std::sqrt(static_cast<double>(d)));
    y = fill(ny * d, 1.0);
    log_q = fill(ny, 1.0);
    x_shift = fill(nx, 1.0);
    y_shift = fill(ny, 1.0);
    excluded.num_columns = positives.num_columns = ny;
    for (int64_t i = 0; i < nx; ++i) {
      std::vector<int64_t> out, in;
      for (int64_t j = 0; j < ny; ++j) {
        const double draw = random.uniform();
        if (draw < 0.1 && i != 1) out.push_back(j);
        if (draw > 0.9 && i != 2) in.push_back(j);
      }
      excluded.add_row(out);
      positives.add_row(in);
    }
    pair_gradients = fill(positives.num_pairs(), 1.0);
  }

  double product(int64_t i, int64_t j) const {
    double sum = 0;
    for (int64_t d = 0; d < depth; ++d) sum += static_cast<double>(x[static_cast<size_t>(i * depth + d)]) * static_cast<double>(y[static_cast<size_t>(j * depth + d)]);
    return sum;
  }
  static int64_t find(const SparsePairs& pairs, int64_t i, int64_t j) {
    const auto row = pairs.row(i);
    const auto place = std::lower_bound(row.begin(), row.end(), j);
    return place != row.end() && *place == j ? pairs.row_offsets[static_cast<size_t>(i)] + (place - row.begin()) : -1;
  }
  // -infinity for a pair that is not in the softmax.
  double logit(int64_t i, int64_t j) const {
    if (find(excluded, i, j) >= 0 || (removes_positives && find(positives, i, j) >= 0)) return -INFINITY;
    return static_cast<double>(scale) * product(i, j) - static_cast<double>(log_q[static_cast<size_t>(j)]);
  }
};

// Arguments for rows of x, or of y with everything exchanged.
struct Arguments {
  SimilarityArguments values;
  std::vector<__nv_bfloat16> x, y;
  TransposedPairs excluded, positives;
  std::vector<float> pairs;

  Arguments(const Problem& p, bool is_transposed) {
    for (float value : p.x) x.push_back(__float2bfloat16(value));
    for (float value : p.y) y.push_back(__float2bfloat16(value));
    values.x = p.is_bfloat16 ? static_cast<const void*>(x.data()) : p.x.data();
    values.y = p.is_bfloat16 ? static_cast<const void*>(y.data()) : p.y.data();
    values.num_x = p.num_x, values.num_y = p.num_y, values.depth = p.depth;
    values.is_bfloat16 = p.is_bfloat16;
    values.scale = p.scale;
    values.removes_positives = p.removes_positives;
    values.y_offset = p.log_q.data();
    values.excluded = {p.excluded.row_offsets.data(), p.excluded.columns.data()};
    values.positives = {p.positives.row_offsets.data(), p.positives.columns.data()};
    if (p.is_uncorrected) values.positive_offset = p.log_q.data();
    pairs = p.pair_gradients;
    if (!is_transposed) return;
    excluded = transpose(p.excluded);
    positives = transpose(p.positives);
    std::swap(values.x, values.y);
    std::swap(values.num_x, values.num_y);
    std::swap(values.x_offset, values.y_offset);
    values.excluded = {excluded.pairs.row_offsets.data(), excluded.pairs.columns.data()};
    values.positives = {positives.pairs.row_offsets.data(), positives.pairs.columns.data()};
    for (size_t k = 0; k < pairs.size(); ++k) pairs[k] = p.pair_gradients[static_cast<size_t>(positives.order[k])];
  }
};

template <class F>
void run_grid(int64_t blocks_x, int64_t blocks_y, bool is_descending, const F& kernel) {
  for (int64_t y = 0; y < blocks_y; ++y) {
    for (int64_t x = 0; x < blocks_x; ++x) {
      blockIdx = {static_cast<unsigned>(x), static_cast<unsigned>(y)};
      HostBlock::run(similarity::kThreads, is_descending, kernel);
    }
  }
}

int64_t blocks(int64_t count, int64_t size) { return (count + size - 1) / size; }

struct Sums {
  std::vector<float> x_maxima, x_sums, y_maxima, y_sums, pair_logits;
};

Sums run_sums(const Problem& p, bool is_descending) {
  const Arguments arguments(p, false);
  const int64_t blocks_x = blocks(p.num_x, kSimilarityBlock), blocks_y = blocks(p.num_y, kSimilarityBlock);
  const auto space = [](int64_t count) { return std::vector<float>(static_cast<size_t>(count), NAN); };
  Sums sums{space(blocks_y * p.num_x), space(blocks_y * p.num_x), space(blocks_x * p.num_y), space(blocks_x * p.num_y), space(p.positives.num_pairs())};
  const SimilaritySums out{sums.x_maxima.data(), sums.x_sums.data(), sums.y_maxima.data(), sums.y_sums.data(), sums.pair_logits.data()};
  run_grid(blocks_x, blocks_y, is_descending, [&] {
    if (p.is_bfloat16) return similarity::sums_kernel<__nv_bfloat16>(arguments.values, out);
    similarity::sums_kernel<float>(arguments.values, out);
  });
  return sums;
}

double log_sum(const std::vector<float>& maxima, const std::vector<float>& sums, int64_t line, int64_t count) {
  double total = 0;
  for (size_t k = static_cast<size_t>(line); k < maxima.size(); k += static_cast<size_t>(count)) {
    if (sums[k] > 0) total += static_cast<double>(sums[k]) * std::exp(static_cast<double>(maxima[k]));
  }
  return std::log(total);
}

std::vector<Problem> problems() {
  return {Problem(70, 130, 40, true, true, false), Problem(130, 65, 33, false, false, false), Problem(1, 3, 5, true, false, true),
          Problem(64, 64, 32, false, true, false), Problem(20, 530, 8, true, false, true)};
}

TEST(SimilarityTilesOnHost, SumsMatchNaiveLoop) {
  for (const Problem& p : problems()) {
    const Sums sums = run_sums(p, false);
    std::vector<double> columns(static_cast<size_t>(p.num_y));
    for (int64_t i = 0; i < p.num_x; ++i) {
      double row = 0;
      for (int64_t j = 0; j < p.num_y; ++j) {
        const int64_t pair = Problem::find(p.positives, i, j);
        const double offset = pair >= 0 && p.is_uncorrected ? static_cast<double>(p.log_q[static_cast<size_t>(j)]) : 0.0;
        row += std::exp(p.logit(i, j) + offset);
        columns[static_cast<size_t>(j)] += std::exp(p.logit(i, j));
        if (pair < 0) continue;
        const double wanted = static_cast<double>(p.scale) * p.product(i, j) - static_cast<double>(p.log_q[static_cast<size_t>(j)]) + offset;
        ASSERT_NEAR(static_cast<double>(sums.pair_logits[static_cast<size_t>(pair)]), wanted, 1e-4) << i << " " << j;
      }
      EXPECT_NEAR(log_sum(sums.x_maxima, sums.x_sums, i, p.num_x), std::log(row), 1e-5) << i;
    }
    for (int64_t j = 0; j < p.num_y; ++j) {
      const double wanted = std::log(columns[static_cast<size_t>(j)]), actual = log_sum(sums.y_maxima, sums.y_sums, j, p.num_y);
      if (std::isinf(wanted)) {
        EXPECT_EQ(actual, wanted) << j;
      } else {
        EXPECT_NEAR(actual, wanted, 1e-5) << j;
      }
    }
    const Sums reversed = run_sums(p, true);
    EXPECT_EQ(reversed.x_sums, sums.x_sums);
    EXPECT_EQ(reversed.y_sums, sums.y_sums);
  }
}

struct Gradient {
  std::vector<float> values;
  double loss = 0, sum = 0;
};

Gradient run_gradient(const Problem& p, bool is_sigmoid, bool is_transposed, bool is_descending) {
  const Arguments arguments(p, is_transposed);
  const int64_t rows = arguments.values.num_x, row_blocks = blocks(rows, similarity::kTile);
  Gradient result{.values = std::vector<float>(static_cast<size_t>(rows * p.depth), NAN)};
  std::vector<double> losses(static_cast<size_t>(row_blocks)), sums(losses);
  SimilarityGradient g{.is_sigmoid = is_sigmoid, .factor = 0.5f, .x_shift = p.x_shift.data(), .y_shift = p.y_shift.data(), .pairs = arguments.pairs.data(),
                       .gradient = result.values.data(), .losses = is_sigmoid ? losses.data() : nullptr, .sums = sums.data()};
  if (is_transposed) std::swap(g.x_shift, g.y_shift);
  run_grid(row_blocks, blocks(p.depth, similarity::kGradientChunks * similarity::kTile), is_descending, [&] {
    if (p.is_bfloat16) return similarity::gradient_kernel<__nv_bfloat16>(arguments.values, g);
    similarity::gradient_kernel<float>(arguments.values, g);
  });
  for (double loss : losses) result.loss += loss;
  for (double sum : sums) result.sum += sum;
  return result;
}

TEST(SimilarityTilesOnHost, GradientsMatchNaiveLoop) {
  std::vector<Problem> all = problems();
  all.pop_back();
  all.emplace_back(5, 66, 530, true, false, false);  // two blocks along the depth
  for (Problem& p : all) {
    for (const bool is_sigmoid : {false, true}) {
      if (is_sigmoid) p.removes_positives = false;
      std::vector<double> of_x(static_cast<size_t>(p.num_x * p.depth)), of_y(static_cast<size_t>(p.num_y * p.depth));
      double loss = 0, sum = 0;
      for (int64_t i = 0; i < p.num_x; ++i) {
        for (int64_t j = 0; j < p.num_y; ++j) {
          const double l = p.logit(i, j);
          const int64_t pair = Problem::find(p.positives, i, j);
          double g = is_sigmoid ? 1 / (1 + std::exp(-l))
                                : std::exp(l - static_cast<double>(p.x_shift[static_cast<size_t>(i)])) + std::exp(l - static_cast<double>(p.y_shift[static_cast<size_t>(j)]));
          if (pair >= 0) g += static_cast<double>(p.pair_gradients[static_cast<size_t>(pair)]);
          loss += std::log1p(std::exp(l)) - (pair >= 0 ? l : 0);
          sum += g;
          for (int64_t d = 0; d < p.depth; ++d) {
            of_x[static_cast<size_t>(i * p.depth + d)] += 0.5 * g * static_cast<double>(p.y[static_cast<size_t>(j * p.depth + d)]);
            of_y[static_cast<size_t>(j * p.depth + d)] += 0.5 * g * static_cast<double>(p.x[static_cast<size_t>(i * p.depth + d)]);
          }
        }
      }
      for (const bool is_transposed : {false, true}) {
        const std::vector<double>& wanted = is_transposed ? of_y : of_x;
        const Gradient actual = run_gradient(p, is_sigmoid, is_transposed, false);
        double largest = 0, difference = 0;
        for (size_t k = 0; k < wanted.size(); ++k) {
          largest = std::max(largest, std::abs(wanted[k]));
          difference = std::max(difference, std::abs(static_cast<double>(actual.values[k]) - wanted[k]));
        }
        // Coefficients are rounded to the operands' type.
        EXPECT_LT(difference, largest * (p.is_bfloat16 ? 1.0 / 128 : 1.0 / 1024)) << p.num_x << " " << p.num_y << " " << is_sigmoid << is_transposed;
        if (is_sigmoid) {
          EXPECT_NEAR(actual.loss, loss, 1e-5 * std::abs(loss));
          EXPECT_NEAR(actual.sum, sum, 1e-4 * std::max(1.0, std::abs(sum)));
        }
        if (is_transposed) {
          EXPECT_EQ(run_gradient(p, is_sigmoid, true, true).values, actual.values);
        }
      }
    }
  }
}

TEST(SimilarityTilesOnHost, TransposedPairsKeepTheirOrder) {
  const Problem p(9, 14, 2, false, false, false);
  const TransposedPairs transposed = transpose(p.positives);
  ASSERT_EQ(transposed.pairs.num_pairs(), p.positives.num_pairs());
  for (int64_t j = 0; j < 14; ++j) {
    const auto row = transposed.pairs.row(j);
    EXPECT_TRUE(std::is_sorted(row.begin(), row.end()));
    for (size_t k = 0; k < row.size(); ++k) {
      const auto place = static_cast<size_t>(transposed.pairs.row_offsets[static_cast<size_t>(j)]) + k;
      EXPECT_EQ(Problem::find(p.positives, row[k], j), transposed.order[place]);
    }
  }
}

}  // namespace
}  // namespace twinset
