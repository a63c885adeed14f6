#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace twinset {

/// What a figure depends on beside the config: processor, cores, threads, memory, program version
/// and commit, torch version, date (UTC).
nlohmann::ordered_json environment();

/// Joules that all processor packages have used since some moment, by the kernel's RAPL counters;
/// none where they can't be read (they are root's on most machines, and absent in virtual ones).
/// Only differences mean something, and only below a counter's wrap-around (an hour or so of full
/// load). GPUs are not in it.
std::optional<double> processor_joules();
/// "0.1.0", as the build names it.
std::string program_version();

/// What --version prints: program, commit, torch, compiler.
std::string version_text();

/// The largest resident set of this process so far, in MiB.
double peak_rss_mib();

}  // namespace twinset
