#include "eval/statistics/paired_tests.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

#include "eval/statistics/distributions.h"
#include "eval/statistics/summary.h"
#include "framework/core/error.h"
#include "framework/core/random.h"
#include "framework/core/thread_pool.h"

namespace twinset {
namespace {

// Sums that are equal but for rounding count as equal.
constexpr double kRounding = 1e-12;

std::vector<double> differences(std::span<const double> first, std::span<const double> second) {
  if (first.size() != second.size() || first.empty()) {
    throw ShapeError({.where = "paired test",
                      .what = fmt::format("{} values against {}", first.size(), second.size()),
                      .expected = "the same queries in both, at least one"});
  }
  std::vector<double> result(first.size());
  for (size_t i = 0; i < first.size(); ++i) result[i] = second[i] - first[i];
  return result;
}

// Sum with the signs of the bits of `signs`: value i is subtracted where bit i is set.
double signed_sum(std::span<const double> values, uint64_t signs) {
  double sum = 0.0;
  for (const double value : values) {
    // Flips the sign bit, without a branch.
    sum += std::bit_cast<double>(std::bit_cast<uint64_t>(value) ^ (signs << 63));
    signs >>= 1;
  }
  return sum;
}

}  // namespace

PairedTest paired_permutation_test(std::span<const double> first, std::span<const double> second,
                                   const PermutationOptions& options) {
  std::vector<double> values = differences(first, second);
  const double mean =
      std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  std::erase(values, 0.0);  // exchanging them changes nothing
  if (values.empty()) return {0.0, 1.0, true};
  double size = 0.0;
  for (const double value : values) size += std::abs(value);
  const double seen =
      std::abs(std::accumulate(values.begin(), values.end(), 0.0)) - kRounding * size;
  const int num_threads = options.num_threads > 0 ? options.num_threads : available_cores();
  const size_t num_values = values.size();
  std::atomic<int64_t> count{0};
  if (num_values < 40 && (int64_t{1} << num_values) <= options.num_permutations) {
    // Exchanging all gives the same distance: the last sign stays.
    const int64_t num_exchanges = int64_t{1} << (num_values - 1);
    for (int64_t signs = 0; signs < num_exchanges; ++signs) {
      count += std::abs(signed_sum(values, static_cast<uint64_t>(signs))) >= seen;
    }
    return {mean, static_cast<double>(count) / static_cast<double>(num_exchanges), true};
  }
  parallel_for(options.num_permutations, num_threads, [&](int64_t i) {
    CounterRandom random(
        {.seed = options.seed, .sample = static_cast<uint64_t>(i), .purpose = "permutation"});
    double sum = 0.0;
    for (size_t begin = 0; begin < num_values; begin += 32) {
      sum += signed_sum(std::span(values).subspan(begin, std::min<size_t>(32, num_values - begin)),
                        random());
    }
    if (std::abs(sum) >= seen) count.fetch_add(1, std::memory_order_relaxed);
  });
  return {mean, static_cast<double>(count + 1) / static_cast<double>(options.num_permutations + 1),
          false};
}

PairedTest paired_t_test(std::span<const double> first, std::span<const double> second) {
  const std::vector<double> values = differences(first, second);
  const auto [mean, deviation, count] = summarize(values);
  if (count < 2)
    return {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::quiet_NaN(),
            false};
  if (deviation == 0.0 && mean == 0.0) return {0.0, 1.0, false};
  const double t = mean * std::sqrt(static_cast<double>(count)) / deviation;
  return {t, student_t_two_sided(t, static_cast<double>(count - 1)), false};
}

std::vector<double> holm_adjusted(std::span<const double> p_values) {
  std::vector<size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return p_values[a] < p_values[b]; });
  std::vector<double> adjusted(p_values.size());
  double largest = 0.0;
  for (size_t i = 0; i < order.size(); ++i) {
    largest = std::max(largest,
                       std::min(1.0, static_cast<double>(order.size() - i) * p_values[order[i]]));
    adjusted[order[i]] = largest;
  }
  return adjusted;
}

double paired_effect_size(std::span<const double> first, std::span<const double> second) {
  const auto [mean, deviation, count] = summarize(differences(first, second));
  if (mean == 0.0) return 0.0;
  return mean / (count > 1 ? deviation : 0.0);
}

}  // namespace twinset
