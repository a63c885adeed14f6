// What the tests of the CUDA kernels' own source share: problems, what the kernels are told of
// them, and the kinds of instructions. cuda_on_host.h and the kernels come first.
#pragma once

#include <algorithm>
#include <cmath>
#include <type_traits>
#include <vector>

#include "framework/core/random.h"
#include "framework/core/sparse_pairs.h"
#include "framework/kernels/similarity_shapes.cuh"

namespace twinset::similarity_cases {

inline float rounded(float value, bool is_bfloat16) {
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

// In bfloat16 for both kinds of instructions.
inline std::vector<Problem> with_hopper(std::vector<Problem> all) {
  for (size_t i = all.size(); i-- > 0;) {
    if (!all[i].is_bfloat16) continue;
    all.push_back(all[i]);
    all.back().is_hopper = true;
  }
  return all;
}

inline std::vector<Problem> problems() {
  return with_hopper({Problem(70, 130, 40, true, true, false),
                      Problem(130, 265, 33, false, false, false),
                      Problem(1, 3, 5, true, false, true), Problem(64, 64, 32, false, true, false),
                      Problem(140, 270, 130, true, false, true)});
}

}  // namespace twinset::similarity_cases
