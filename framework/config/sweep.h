// A sweep's overrides as axes, and written out into jobs, in the order of Hydra's basic sweeper:
// the last axis turns fastest.
// Beyond Hydra: `zip(a=1,2 b=3,4)` pairs values, as one axis of (a=1, b=3) and (a=2, b=4).
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "framework/config/override.h"

namespace twinset {

/// The options of a group in order; what glob() picks from.
using GroupOptions = std::function<std::vector<std::string>(const std::string& group)>;

struct SweepRequest {
  std::vector<std::string> overrides;
  GroupOptions options;       ///< only for glob()
  uint64_t shuffle_seed = 0;  ///< shuffle() gives the same order for the same seed
};

/// One axis of a sweep; an override without a sweep is an axis with one point.
struct SweepAxis {
  std::vector<std::string> keys;  ///< one, or those that a zip pairs
  std::vector<std::vector<std::string>>
      points;  ///< the overrides of each point, one a key; empty for an interval
  std::optional<OverrideValue> interval;  ///< interval(low, high): every number in between
};

/// The overrides as axes, in order. A key that comes again replaces the earlier axis, in its place.
///
/// @throws ConfigError for a broken override, a range without end, a zip with axes of different
/// lengths or with a key that
///         is set elsewhere too
std::vector<SweepAxis> sweep_axes(const SweepRequest& request);

/// Every combination of the axes' points, each as its override strings. @throws ConfigError for an
/// interval
std::vector<std::vector<std::string>> expand_axes(const std::vector<SweepAxis>& axes);

/// Every job's override strings; one job without overrides if there are none.
///
/// @throws ConfigError as sweep_axes, and for an interval, which has no list of values
std::vector<std::vector<std::string>> expand_sweep(const SweepRequest& request);

/// The same, with glob() picking from the groups of a configuration folder.
std::vector<std::vector<std::string>> expand_sweep(const std::vector<std::string>& overrides,
                                                   const std::filesystem::path& config_dir);

/// The text behind "key=" for each value of a choice, range or glob.
std::vector<std::string> sweep_values(const Override& sweep, const GroupOptions& options,
                                      uint64_t shuffle_seed = 0);

}  // namespace twinset
