// A sweep's overrides written out into jobs, in the order of Hydra's basic sweeper: the last sweep turns fastest.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
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

/// Every job's override strings; one job without overrides if there are none.
///
/// @throws ConfigError for a broken override, an interval (it has no list of values), a range without end
std::vector<std::vector<std::string>> expand_sweep(const SweepRequest& request);

/// The same, with glob() picking from the groups of a configuration folder.
std::vector<std::vector<std::string>> expand_sweep(const std::vector<std::string>& overrides,
                                                   const std::filesystem::path& config_dir);

/// The text behind "key=" for each value of a choice, range or glob.
std::vector<std::string> sweep_values(const Override& sweep, const GroupOptions& options, uint64_t shuffle_seed = 0);

}  // namespace twinset
