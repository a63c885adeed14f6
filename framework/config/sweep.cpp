#include "framework/config/sweep.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <cmath>

#include "framework/config/config_source.h"
#include "framework/config/decimal.h"
#include "framework/core/error.h"
#include "framework/core/random.h"

namespace twinset {
namespace {

constexpr size_t kMaxValues = 1'000'000;

double number(const Node& node) {
  if (node.is_bool()) return node.as_bool() ? 1 : 0;
  return node.is_float() ? node.as_float() : static_cast<double>(node.as_int());
}

[[noreturn]] void fail(const Override& sweep, std::string what, std::string expected) {
  throw_override_error(sweep.text, sweep.value_column, std::move(what), std::move(expected));
}

// start, start + step, ... up to but without stop.
template <class T, class Text>
std::vector<std::string> range_values(const Override& sweep, T at, const T& stop, const T& step, bool is_rising, Text text) {
  std::vector<std::string> values;
  for (; is_rising ? at < stop : stop < at; at = at + step) {
    if (values.size() == kMaxValues) fail(sweep, "a range of more than a million values", "fewer");
    values.push_back(text(at));
  }
  return values;
}

std::vector<std::string> range_values(const Override& sweep) {
  const OverrideValue& range = *sweep.value;
  const double start = number(range.start), stop = number(range.stop), step = number(range.step);
  if (!(step != 0) || !std::isfinite(start) || !std::isfinite(stop) || !std::isfinite(step)) {
    fail(sweep, fmt::format("range from {} to {} by {}", range.start.describe(), range.stop.describe(), range.step.describe()),
         "finite bounds and a step that is not 0");
  }
  if (range.start.is_float() || range.stop.is_float() || range.step.is_float()) {
    return range_values(sweep, Decimal(start), Decimal(stop), Decimal(step), step > 0,
                        [](const Decimal& value) { return float_text(value.to_double()); });
  }
  const auto whole = [](const Node& node) { return node.is_bool() ? static_cast<int64_t>(node.as_bool()) : node.as_int(); };
  return range_values(sweep, whole(range.start), whole(range.stop), whole(range.step), step > 0,
                      [](int64_t value) { return std::to_string(value); });
}

bool matches_any(const std::string& name, const std::vector<std::string>& patterns) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const std::string& pattern) { return fnmatch(pattern.c_str(), name.c_str(), FNM_NOESCAPE) == 0; });
}

void shuffle(std::vector<std::string>& values, uint64_t seed, const std::string& key) {
  const auto order = random_permutation(static_cast<int64_t>(values.size()),
                                        CounterRandom({.seed = seed, .purpose = key}));
  std::vector<std::string> shuffled;
  for (const int64_t index : order) shuffled.push_back(std::move(values[static_cast<size_t>(index)]));
  values = std::move(shuffled);
}

}  // namespace

std::vector<std::string> sweep_values(const Override& sweep, const GroupOptions& options, uint64_t shuffle_seed) {
  const OverrideValue& value = *sweep.value;
  std::vector<std::string> values;
  switch (value.kind) {
    case OverrideValue::Kind::kChoice:
      for (const OverrideValue& item : value.items) values.push_back(override_text(item));
      break;
    case OverrideValue::Kind::kRange: values = range_values(sweep); break;
    case OverrideValue::Kind::kGlob:
      if (!options) fail(sweep, "glob() has no groups to pick from", "a configuration folder");
      for (const std::string& option : options(sweep.key)) {
        if (matches_any(option, value.include) && !matches_any(option, value.exclude)) values.push_back(option);
      }
      break;
    case OverrideValue::Kind::kInterval: fail(sweep, "an interval has no list of values", "a choice or a range");
    default: values.push_back(override_text(value));
  }
  if (value.is_shuffled && value.is_sweep()) shuffle(values, shuffle_seed, sweep.key);
  return values;
}

std::vector<std::vector<std::string>> expand_sweep(const SweepRequest& request) {
  std::vector<std::pair<std::string, std::vector<std::string>>> axes;
  for (const std::string& text : request.overrides) {
    const Override parsed = parse_override(text);
    const std::string key = parsed.key_element();
    std::vector<std::string> axis;
    if (!parsed.value) {
      axis.push_back(key + "=null");
    } else {
      for (const std::string& value : sweep_values(parsed, request.options, request.shuffle_seed)) axis.push_back(key + "=" + value);
    }
    // The same key again replaces the earlier values, in their place.
    const auto same = std::find_if(axes.begin(), axes.end(), [&](const auto& entry) { return entry.first == key; });
    if (same != axes.end()) {
      same->second = std::move(axis);
    } else {
      axes.emplace_back(key, std::move(axis));
    }
  }
  size_t num_jobs = 1;
  for (const auto& [key, axis] : axes) {
    num_jobs *= axis.size();
    if (num_jobs > kMaxValues) throw ConfigError({.what = "the sweep has more than a million jobs", .expected = "fewer"});
  }
  std::vector<std::vector<std::string>> jobs(num_jobs);
  for (size_t job = 0; job < num_jobs; ++job) {
    size_t rest = job;
    jobs[job].resize(axes.size());
    for (size_t axis = axes.size(); axis-- > 0;) {
      jobs[job][axis] = axes[axis].second[rest % axes[axis].second.size()];
      rest /= axes[axis].second.size();
    }
  }
  return jobs;
}

std::vector<std::vector<std::string>> expand_sweep(const std::vector<std::string>& overrides,
                                                   const std::filesystem::path& config_dir) {
  return expand_sweep({.overrides = overrides, .options = [&](const std::string& group) { return list_options(config_dir, group); }});
}

}  // namespace twinset
