#pragma once

#include <nlohmann/json.hpp>

namespace twinset {

/// What a figure depends on beside the config: processor, cores, threads, memory, program version and commit, torch version,
/// date (UTC).
nlohmann::ordered_json environment();

/// The largest resident set of this process so far, in MiB.
double peak_rss_mib();

}  // namespace twinset
