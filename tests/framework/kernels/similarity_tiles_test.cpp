// The CUDA kernels' own source, run on the host (cuda_on_host.h), against naive loops.
#include "tests/framework/kernels/cuda_on_host.h"
//
#include <gtest/gtest.h>

#include "framework/core/random.h"
#include "framework/core/sparse_pairs.h"
#include "framework/kernels/similarity_gradients.cuh"
#include "framework/kernels/similarity_hopper.cuh"
#include "framework/kernels/similarity_log_sums.cuh"
#include "framework/kernels/similarity_products.cuh"

namespace twinset {
namespace {

float rounded(float value, bool is_bfloat16) {
  return is_bfloat16 ? host_float(__float2bfloat16(value)) : value;
}

// Rows at multiples of 16 bytes, filled up with zeros, in memory that starts at one.
template <class Element>
std::vector<Element> padded_rows(const std::vector<float>& values, int64_t depth,
                                 int64_t padded_depth) {
  std::vector<Element> out(values.size() / static_cast<size_t>(depth) *
                           static_cast<size_t>(padded_depth));
  for (size_t k = 0; k < values.size(); ++k) {
    const size_t row = k / static_cast<size_t>(depth), column = k % static_cast<size_t>(depth);
    Element& element = out[row * static_cast<size_t>(padded_depth) + column];
    if constexpr (std::is_same_v<Element, float>) {
      element = values[k];
    } else {
      element = __float2bfloat16(values[k]);
    }
  }
  return out;
}

struct Problem {
  int64_t num_x, num_y, depth;
  bool is_bfloat16, removes_positives, is_uncorrected, is_hopper = false;
  float scale = 3.0f, bias = -0.375f, upstream = 0.75f;
  std::vector<float> x, y, log_q, x_shift, y_shift;
  SparsePairs excluded, positives;
  std::vector<float> pair_gradients;

  Problem(int64_t nx, int64_t ny, int64_t d, bool bf16, bool removes, bool uncorrected)
      : num_x(nx),
        num_y(ny),
        depth(d),
        is_bfloat16(bf16),
        removes_positives(removes),
        is_uncorrected(uncorrected) {
    CounterRandom random({.seed = 5, .purpose = "similarity_tiles_test"});
    const auto fill = [&](int64_t count, double size) {
      std::vector<float> result;
      for (int64_t i = 0; i < count; ++i)
        result.push_back(rounded(static_cast<float>(random.normal() * size), is_bfloat16));
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
    for (int64_t d = 0; d < depth; ++d)
      sum += static_cast<double>(x[static_cast<size_t>(i * depth + d)]) *
             static_cast<double>(y[static_cast<size_t>(j * depth + d)]);
    return sum;
  }
  static int64_t find(const SparsePairs& pairs, int64_t i, int64_t j) {
    const auto row = pairs.row(i);
    const auto place = std::lower_bound(row.begin(), row.end(), j);
    return place != row.end() && *place == j
               ? pairs.row_offsets[static_cast<size_t>(i)] + (place - row.begin())
               : -1;
  }
  // -infinity for a pair that is not in the softmax.
  double logit(int64_t i, int64_t j) const {
    if (find(excluded, i, j) >= 0 || (removes_positives && find(positives, i, j) >= 0))
      return -INFINITY;
    return static_cast<double>(scale) * product(i, j) + static_cast<double>(bias) -
           static_cast<double>(log_q[static_cast<size_t>(j)]);
  }
};

struct Arguments {
  SimilarityArguments values;
  std::vector<__nv_bfloat16> x, y;
  std::vector<float> float_x, float_y;

  explicit Arguments(const Problem& p) {
    const int64_t unit = p.is_bfloat16 ? 8 : 4, depth = (p.depth + unit - 1) / unit * unit;
    x = padded_rows<__nv_bfloat16>(p.x, p.depth, depth),
    y = padded_rows<__nv_bfloat16>(p.y, p.depth, depth);
    float_x = padded_rows<float>(p.x, p.depth, depth),
    float_y = padded_rows<float>(p.y, p.depth, depth);
    values.x = p.is_bfloat16 ? static_cast<const void*>(x.data()) : float_x.data();
    values.y = p.is_bfloat16 ? static_cast<const void*>(y.data()) : float_y.data();
    values.num_x = p.num_x, values.num_y = p.num_y, values.depth = depth;
    values.is_bfloat16 = p.is_bfloat16;
    values.scale = &p.scale;
    values.bias = &p.bias;
    values.removes_positives = p.removes_positives;
    values.y_offset = p.log_q.data();
    values.excluded = {p.excluded.row_offsets.data(), p.excluded.columns.data()};
    values.positives = {p.positives.row_offsets.data(), p.positives.columns.data()};
    if (p.is_uncorrected) values.positive_offset = p.log_q.data();
  }
};

template <class F>
void run_grid(const SimilarityGrid& grid, bool is_descending, const F& kernel) {
  gridDim = {static_cast<unsigned>(grid.x), static_cast<unsigned>(grid.y)};
  for (blockIdx.y = 0; blockIdx.y < gridDim.y; ++blockIdx.y) {
    for (blockIdx.x = 0; blockIdx.x < gridDim.x; ++blockIdx.x)
      HostBlock::run(similarity::kThreads, is_descending, kernel);
  }
}

struct Sums {
  std::vector<float> x_maxima, x_sums, y_maxima, y_sums;
  std::vector<double> pair_logits;
};

// Calls f with the kind of instructions, and as many stages of shared memory as a GPU with much or
// with little of it has.
template <class F>
void with_kind(const Problem& p, bool are_many, const F& f) {
  const auto call = [&](auto kind) {
    using Shape = similarity::Shape<decltype(kind)>;
    f(kind, are_many ? Shape::kManyStages : Shape::kFewStages);
  };
  if (!p.is_bfloat16) return call(similarity::Float32{});
  if (p.is_hopper) return call(similarity::HopperBfloat16{});
  call(similarity::Bfloat16{});
}

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
    run_grid(grid, is_descending,
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
  run_grid({(num_lines + similarity::kThreads - 1) / similarity::kThreads, 2}, false,
           [&] { similarity::log_sums_kernel(arguments, arguments); });
  return lines;
}

// In bfloat16 for both kinds of instructions.
std::vector<Problem> with_hopper(std::vector<Problem> all) {
  for (size_t i = all.size(); i-- > 0;) {
    if (!all[i].is_bfloat16) continue;
    all.push_back(all[i]);
    all.back().is_hopper = true;
  }
  return all;
}

std::vector<Problem> problems() {
  return with_hopper({Problem(70, 130, 40, true, true, false),
                      Problem(130, 265, 33, false, false, false),
                      Problem(1, 3, 5, true, false, true), Problem(64, 64, 32, false, true, false),
                      Problem(140, 270, 130, true, false, true)});
}

void expect_near(double actual, double wanted, double tolerance, int64_t line) {
  if (std::isinf(wanted)) {
    EXPECT_EQ(actual, wanted) << line;
  } else {
    EXPECT_NEAR(actual, wanted, tolerance + 1e-6 * std::abs(wanted)) << line;
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
                  3 * tolerance + 1e-6 * std::abs(wanted))
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
    run_grid(grid, is_descending, [&] {
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
