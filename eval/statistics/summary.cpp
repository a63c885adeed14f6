#include "eval/statistics/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "eval/statistics/distributions.h"
#include "framework/core/error.h"
#include "framework/core/random.h"
#include "framework/core/thread_pool.h"

namespace twinset {
namespace {

void check_not_empty(std::span<const double> values) {
  if (values.empty())
    throw DataError(
        {.where = "statistics", .what = "there are no values", .expected = "at least one"});
}

double mean_of(std::span<const double> values) {
  double sum = 0.0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

std::vector<double> resampled_means(std::span<const double> values,
                                    const BootstrapOptions& options) {
  std::vector<double> means(static_cast<size_t>(options.num_resamples));
  const int num_threads = options.num_threads > 0 ? options.num_threads : available_cores();
  parallel_for(options.num_resamples, num_threads, [&](int64_t i) {
    CounterRandom random(
        {.seed = options.seed, .sample = static_cast<uint64_t>(i), .purpose = "bootstrap"});
    double sum = 0.0;
    for (size_t n = 0; n < values.size(); ++n) sum += values[random.below(values.size())];
    means[static_cast<size_t>(i)] = sum / static_cast<double>(values.size());
  });
  std::sort(means.begin(), means.end());
  return means;
}

double quantile(const std::vector<double>& sorted, double probability) {
  const double place = std::clamp(probability, 0.0, 1.0) * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<size_t>(place);
  const size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

// How far the mean of all but one value moves, skewness over spread.
double acceleration(std::span<const double> values, double mean) {
  double cubes = 0.0, squares = 0.0;
  for (const double value : values) {
    const double difference =
        value - mean;  // proportional to (mean of the left-out means) - (this one)
    cubes += difference * difference * difference;
    squares += difference * difference;
  }
  return cubes / (6.0 * std::pow(squares, 1.5));
}

}  // namespace

Summary summarize(std::span<const double> values) {
  check_not_empty(values);
  const double mean = mean_of(values);
  double squares = 0.0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  const auto count = static_cast<int64_t>(values.size());
  const double deviation = count > 1 ? std::sqrt(squares / static_cast<double>(count - 1))
                                     : std::numeric_limits<double>::quiet_NaN();
  return {mean, deviation, count};
}

Interval bootstrap_interval(std::span<const double> values, const BootstrapOptions& options) {
  check_not_empty(values);
  if (!(options.confidence > 0.0 && options.confidence < 1.0) || options.num_resamples < 1) {
    throw ConfigError({.where = "bootstrap",
                       .what = fmt::format("confidence {} with {} resamples", options.confidence,
                                           options.num_resamples),
                       .expected = "a confidence between 0 and 1, and at least one resample"});
  }
  if (std::ranges::all_of(values, [&](double value) { return value == values.front(); })) {
    return {values.front(), values.front()};
  }
  const std::vector<double> means = resampled_means(values, options);
  double low = (1.0 - options.confidence) / 2.0, high = 1.0 - low;
  if (options.corrects_bias) {
    const double mean = mean_of(values);
    const auto [first, last] = std::equal_range(means.begin(), means.end(), mean);
    const double share = static_cast<double>((first - means.begin()) + (last - means.begin())) /
                         2.0 / static_cast<double>(means.size());
    const double bias = normal_quantile(share), skew = acceleration(values, mean);
    const auto correct = [&](double alpha) {
      const double z = bias + normal_quantile(alpha);
      return normal_cdf(bias + z / (1.0 - skew * z));
    };
    low = correct(low);
    high = correct(high);
  }
  return {quantile(means, low), quantile(means, high)};
}

}  // namespace twinset
