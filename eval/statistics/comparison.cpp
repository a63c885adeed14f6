#include "eval/statistics/comparison.h"

#include <fmt/format.h>

#include <algorithm>

#include "framework/core/error.h"

namespace twinset {
namespace {

Comparison compare(const ScoredSystem& first, const QueryValues& first_values,
                   const ScoredSystem& second, const QueryValues& second_values,
                   const ComparisonOptions& options) {
  const PairedValues paired = pair_by_query(first_values, second_values);
  Comparison result{.metric = first_values.metric, .first = first.name, .second = second.name};
  result.num_queries = static_cast<int64_t>(paired.first.size());
  result.first_mean = summarize(paired.first).mean;
  result.second_mean = summarize(paired.second).mean;
  std::vector<double> differences;
  for (size_t i = 0; i < paired.first.size(); ++i) {
    differences.push_back(paired.second[i] - paired.first[i]);
    result.share_better += differences.back() > 0 ? 1.0 : differences.back() == 0 ? 0.5 : 0.0;
  }
  result.share_better /= static_cast<double>(result.num_queries);
  result.difference = summarize(differences).mean;
  result.interval = bootstrap_interval(differences, options.bootstrap);
  const PairedTest test = options.test == "t" ? paired_t_test(paired.first, paired.second)
                                              : paired_permutation_test(paired.first, paired.second,
                                                                        options.permutation);
  result.p_value = test.p_value;
  result.effect_size = paired_effect_size(paired.first, paired.second);
  return result;
}

}  // namespace

std::vector<Comparison> compare_with_first(const std::vector<ScoredSystem>& systems,
                                           const ComparisonOptions& options) {
  if (options.test != "permutation" && options.test != "t") {
    throw_unknown_name("test", "test", options.test, {"permutation", "t"});
  }
  std::vector<Comparison> comparisons;
  for (size_t i = 1; i < systems.size(); ++i) {
    const size_t before = comparisons.size();
    for (const QueryValues& values : systems[0].metrics) {
      const auto same = std::ranges::find(systems[i].metrics, values.metric, &QueryValues::metric);
      if (same != systems[i].metrics.end())
        comparisons.push_back(compare(systems[0], values, systems[i], *same, options));
    }
    if (comparisons.size() == before) {
      throw DataError(
          {.where = "comparison",
           .what = fmt::format("'{}' and '{}' share no metric", systems[0].name, systems[i].name),
           .expected = "values of the same metrics, by query"});
    }
  }
  std::vector<double> p_values;
  for (const Comparison& comparison : comparisons) p_values.push_back(comparison.p_value);
  const std::vector<double> adjusted = holm_adjusted(p_values);
  for (size_t i = 0; i < comparisons.size(); ++i) {
    comparisons[i].adjusted_p_value = adjusted[i];
    comparisons[i].is_different = adjusted[i] < options.level;
  }
  return comparisons;
}

std::string describe(const Comparison& c) {
  const std::string numbers = fmt::format(
      "{:+.4f} [{:.4f}, {:.4f}], p = {:.4g} (Holm), d = {:.2f}, {} queries", c.difference,
      c.interval.low, c.interval.high, c.adjusted_p_value, c.effect_size, c.num_queries);
  if (!c.is_different)
    return fmt::format("{}: no difference found between {} and {}: {}", c.metric, c.first, c.second,
                       numbers);
  return fmt::format("{}: {} is {} than {}: {}", c.metric, c.second,
                     c.difference > 0 ? "higher" : "lower", c.first, numbers);
}

}  // namespace twinset
