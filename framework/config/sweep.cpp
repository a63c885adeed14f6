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

constexpr size_t kMaxSweepValues = 1'000'000;

double bound_value(const Node& node) {
  if (node.is_bool()) return node.as_bool() ? 1 : 0;
  return node.is_float() ? node.as_float() : static_cast<double>(node.as_int());
}

[[noreturn]] void fail_sweep(const Override& sweep, std::string what, std::string expected) {
  throw_override_error(sweep.text, sweep.value_column, std::move(what), std::move(expected));
}

// start, start + step, ... up to but without stop.
template <class T, class Text>
std::vector<std::string> range_values(const Override& sweep, T at, const T& stop, const T& step,
                                      bool is_rising, Text text) {
  std::vector<std::string> values;
  for (; is_rising ? at < stop : stop < at; at = at + step) {
    if (values.size() == kMaxSweepValues)
      fail_sweep(sweep, "a range of more than a million values", "fewer");
    values.push_back(text(at));
  }
  return values;
}

std::vector<std::string> range_values(const Override& sweep) {
  const OverrideValue& range = *sweep.value;
  const double start = bound_value(range.start), stop = bound_value(range.stop),
               step = bound_value(range.step);
  if (!(step != 0) || !std::isfinite(start) || !std::isfinite(stop) || !std::isfinite(step)) {
    fail_sweep(sweep,
               fmt::format("range from {} to {} by {}", range.start.describe(),
                           range.stop.describe(), range.step.describe()),
               "finite bounds and a step that is not 0");
  }
  if (range.start.is_float() || range.stop.is_float() || range.step.is_float()) {
    return range_values(sweep, Decimal(start), Decimal(stop), Decimal(step), step > 0,
                        [](const Decimal& value) { return float_text(value.to_double()); });
  }
  const auto whole = [](const Node& node) {
    return node.is_bool() ? static_cast<int64_t>(node.as_bool()) : node.as_int();
  };
  return range_values(sweep, whole(range.start), whole(range.stop), whole(range.step), step > 0,
                      [](int64_t value) { return std::to_string(value); });
}

bool matches_any(const std::string& name, const std::vector<std::string>& patterns) {
  return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
    return fnmatch(pattern.c_str(), name.c_str(), FNM_NOESCAPE) == 0;
  });
}

void shuffle(std::vector<std::string>& values, uint64_t seed, const std::string& key) {
  const auto order = random_permutation(static_cast<int64_t>(values.size()),
                                        CounterRandom({.seed = seed, .purpose = key}));
  std::vector<std::string> shuffled;
  for (const int64_t index : order)
    shuffled.push_back(std::move(values[static_cast<size_t>(index)]));
  values = std::move(shuffled);
}

}  // namespace

std::vector<std::string> sweep_values(const Override& sweep, const GroupOptions& options,
                                      uint64_t shuffle_seed) {
  const OverrideValue& value = *sweep.value;
  std::vector<std::string> values;
  switch (value.kind) {
    case OverrideValue::Kind::kChoice:
      for (const OverrideValue& item : value.items) values.push_back(override_text(item));
      break;
    case OverrideValue::Kind::kRange:
      values = range_values(sweep);
      break;
    case OverrideValue::Kind::kGlob:
      if (!options)
        fail_sweep(sweep, "glob() has no groups to pick from", "a configuration folder");
      for (const std::string& option : options(sweep.key)) {
        if (matches_any(option, value.include) && !matches_any(option, value.exclude))
          values.push_back(option);
      }
      break;
    case OverrideValue::Kind::kInterval:
      fail_sweep(sweep, "an interval has no list of values", "a choice or a range");
    default:
      values.push_back(override_text(value));
  }
  if (value.is_shuffled && value.is_sweep()) shuffle(values, shuffle_seed, sweep.key);
  return values;
}

namespace {

SweepAxis axis_of(const std::string& text, const SweepRequest& request) {
  const Override parsed = parse_override(text);
  const std::string key = parsed.key_element();
  SweepAxis axis{.keys = {key}, .points = {}, .interval = {}};
  if (!parsed.value) {
    axis.points.push_back({key + "=null"});
  } else if (parsed.value->kind == OverrideValue::Kind::kInterval) {
    axis.interval = parsed.value;
  } else {
    for (const std::string& value : sweep_values(parsed, request.options, request.shuffle_seed))
      axis.points.push_back({key + "=" + value});
  }
  return axis;
}

bool is_zip(const std::string& text) { return text.rfind("zip(", 0) == 0 && text.back() == ')'; }

// The overrides between the parentheses: split at spaces, but not within quotes, brackets, braces
// or parentheses.
std::vector<std::string> zip_parts(const std::string& text) {
  std::vector<std::string> parts(1);
  char quote = 0;
  int depth = 0;
  for (size_t i = 4; i + 1 < text.size(); ++i) {
    const char c = text[i];
    if (quote == 0 && depth == 0 && c == ' ') {
      if (!parts.back().empty()) parts.emplace_back();
      continue;
    }
    parts.back() += c;
    if (c == '\\' && i + 2 < text.size()) {
      parts.back() += text[++i];
    } else if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '\'' || c == '"') {
      quote = c;
    } else {
      depth += std::string_view("([{").find(c) != std::string_view::npos   ? 1
               : std::string_view(")]}").find(c) != std::string_view::npos ? -1
                                                                           : 0;
    }
  }
  if (parts.back().empty()) parts.pop_back();
  return parts;
}

SweepAxis zip_axis(const std::string& text, const SweepRequest& request) {
  SweepAxis zipped;
  for (const std::string& part : zip_parts(text)) {
    SweepAxis axis = axis_of(part, request);
    if (axis.interval)
      throw_override_error(text, text.find(part), "an interval has no list of values",
                           "a choice or a range");
    if (!zipped.keys.empty() && axis.points.size() != zipped.points.size()) {
      throw_override_error(text, text.find(part),
                           fmt::format("'{}' has {} values, '{}' has {}", axis.keys[0],
                                       axis.points.size(), zipped.keys[0], zipped.points.size()),
                           "as many values for each");
    }
    if (std::find(zipped.keys.begin(), zipped.keys.end(), axis.keys[0]) != zipped.keys.end()) {
      throw_override_error(text, text.rfind(part), fmt::format("'{}' comes twice", axis.keys[0]),
                           "each key once");
    }
    zipped.keys.push_back(axis.keys[0]);
    zipped.points.resize(axis.points.size());
    for (size_t i = 0; i < axis.points.size(); ++i)
      zipped.points[i].push_back(std::move(axis.points[i][0]));
  }
  if (zipped.keys.size() < 2)
    throw_override_error(text, 4, "zip pairs less than two overrides",
                         "for example zip(a=1,2 b=3,4)");
  return zipped;
}

bool has_key(const SweepAxis& axis, const std::string& key) {
  return std::find(axis.keys.begin(), axis.keys.end(), key) != axis.keys.end();
}

void add_axis(std::vector<SweepAxis>& axes, SweepAxis axis, const std::string& text) {
  for (SweepAxis& earlier : axes) {
    const bool is_same = std::any_of(axis.keys.begin(), axis.keys.end(),
                                     [&](const std::string& key) { return has_key(earlier, key); });
    if (!is_same) continue;
    if (earlier.keys != axis.keys) {
      throw_override_error(
          text, 0,
          fmt::format("sets a key of zip({}) once more",
                      fmt::join(earlier.keys.size() > 1 ? earlier.keys : axis.keys, " ")),
          "it in one place");
    }
    // The same key again replaces the earlier values, in their place.
    earlier = std::move(axis);
    return;
  }
  axes.push_back(std::move(axis));
}

}  // namespace

std::vector<SweepAxis> sweep_axes(const SweepRequest& request) {
  std::vector<SweepAxis> axes;
  for (const std::string& text : request.overrides)
    add_axis(axes, is_zip(text) ? zip_axis(text, request) : axis_of(text, request), text);
  return axes;
}

std::vector<std::vector<std::string>> expand_sweep(const SweepRequest& request) {
  return expand_axes(sweep_axes(request));
}

std::vector<std::vector<std::string>> expand_axes(const std::vector<SweepAxis>& axes) {
  size_t num_jobs = 1;
  for (const SweepAxis& axis : axes) {
    if (axis.interval) {
      throw ConfigError({.where = fmt::format("override '{}'", axis.keys[0]),
                         .what = "an interval has no list of values",
                         .expected = "a choice or a range",
                         .todo = "or use search=random, which draws from it"});
    }
    num_jobs *= axis.points.size();
    if (num_jobs > kMaxSweepValues)
      throw ConfigError({.what = "the sweep has more than a million jobs", .expected = "fewer"});
  }
  std::vector<std::vector<std::string>> jobs(num_jobs);
  for (size_t job = 0; job < num_jobs; ++job) {
    size_t rest = job;
    std::vector<size_t> picks(axes.size());
    for (size_t axis = axes.size(); axis-- > 0;) {
      picks[axis] = rest % axes[axis].points.size();
      rest /= axes[axis].points.size();
    }
    for (size_t axis = 0; axis < axes.size(); ++axis) {
      const std::vector<std::string>& point = axes[axis].points[picks[axis]];
      jobs[job].insert(jobs[job].end(), point.begin(), point.end());
    }
  }
  return jobs;
}

std::vector<std::vector<std::string>> expand_sweep(const std::vector<std::string>& overrides,
                                                   const std::filesystem::path& config_dir) {
  return expand_sweep({.overrides = overrides, .options = [&](const std::string& group) {
                         return list_options(config_dir, group);
                       }});
}

}  // namespace twinset
