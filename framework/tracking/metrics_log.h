#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

namespace twinset {

/// Named numbers, in the order of logging.
using Metrics = std::vector<std::pair<std::string, double>>;

/// A run's metrics as JSON lines: {"step": 100, "loss": 1.25, ...}, one line a logging step,
/// flushed at once.
class MetricsLog {
 public:
  /// Opens the file for appending, after dropping lines beyond `resume_step` and a line cut off by
  /// a crash.
  /// @throws SystemError if it can't be opened
  MetricsLog(const std::filesystem::path& file, int64_t resume_step);
  /// Numbers that are not finite are written as null.
  void write(int64_t step, const Metrics& metrics);

 private:
  std::filesystem::path path_;
  std::ofstream file_;
};

}  // namespace twinset
