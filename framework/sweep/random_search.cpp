#include "framework/sweep/random_search.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "framework/core/random.h"

namespace twinset {
namespace {

double number(const Node& node) {
  return node.is_float() ? node.as_float() : static_cast<double>(node.as_int());
}

void check_interval(const SweepAxis& axis) {
  const double low = number(axis.interval->start), high = number(axis.interval->stop);
  const bool is_log = axis.interval->tags.count("log") > 0;
  if (low < high && std::isfinite(low) && std::isfinite(high) && (low > 0 || !is_log)) return;
  throw ConfigError({.where = axis.keys[0],
                     .what = fmt::format("interval from {} to {}", axis.interval->start.describe(),
                                         axis.interval->stop.describe()),
                     .expected = is_log
                                     ? "two numbers above 0, the lower first, for a logarithmic one"
                                     : "two finite numbers, the lower first"});
}

std::string draw(const SweepAxis& axis, CounterRandom random) {
  const Node& start = axis.interval->start;
  const Node& stop = axis.interval->stop;
  const bool is_whole = start.is_int() && stop.is_int();
  if (axis.interval->tags.count("log") > 0) {
    // Whole numbers own half a unit to either side.
    const double low = number(start) - (is_whole ? 0.5 : 0),
                 high = number(stop) + (is_whole ? 0.5 : 0);
    const double value = std::exp(random.uniform(std::log(low), std::log(high)));
    if (is_whole)
      return std::to_string(std::clamp(std::llround(value), static_cast<long long>(start.as_int()),
                                       static_cast<long long>(stop.as_int())));
    return float_text(std::clamp(value, low, high));
  }
  if (is_whole)
    return std::to_string(start.as_int() +
                          static_cast<int64_t>(random.below(
                              static_cast<uint64_t>(stop.as_int() - start.as_int()) + 1)));
  return float_text(random.uniform(number(start), number(stop)));
}

class RandomSearch final : public Search {
 public:
  RandomSearch(const RandomSearchOptions& options, const SearchContext& context)
      : options_(options), axes_(context.axes) {
    for (const SweepAxis& axis : axes_) {
      if (axis.interval) check_interval(axis);
      if (!axis.interval && axis.points.empty())
        throw ConfigError({.where = axis.keys[0], .what = "has no value to draw"});
    }
  }

  Proposal ask(int64_t job) override {
    if (job >= options_.num_jobs) return {};
    Proposal proposal{.kind = Proposal::Kind::kJob, .overrides = {}};
    for (const SweepAxis& axis : axes_) {
      CounterRandom random({.seed = static_cast<uint64_t>(options_.seed),
                            .sample = static_cast<uint64_t>(job),
                            .purpose = axis.keys[0]});
      if (axis.interval) {
        proposal.overrides.push_back(axis.keys[0] + "=" + draw(axis, random));
      } else {
        const auto& point = axis.points[random.below(axis.points.size())];
        proposal.overrides.insert(proposal.overrides.end(), point.begin(), point.end());
      }
    }
    return proposal;
  }

 private:
  RandomSearchOptions options_;
  std::vector<SweepAxis> axes_;
};

}  // namespace

std::unique_ptr<Search> make_random_search(const RandomSearchOptions& options,
                                           const SearchContext& context) {
  return std::make_unique<RandomSearch>(options, context);
}

}  // namespace twinset
