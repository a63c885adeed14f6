// One log for people: lines on standard error, and in a run's log file once there is one.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

namespace twinset {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

/// Lines below this level are dropped. Default: kInfo.
void set_log_level(LogLevel level);
/// The same from "debug", "info", "warning" or "error". @throws ConfigError for any other name.
void set_log_level(std::string_view name);
/// Also appends every line to this file; "" ends that. @throws SystemError if it can't be opened.
void set_log_file(const std::string& path);
/// A prefix such as "rank 3" for each line; "" for none.
void set_log_prefix(std::string prefix);

void log_line(LogLevel level, std::string_view text);

template <class... T>
void log_debug(fmt::format_string<T...> format, T&&... args) {
  log_line(LogLevel::kDebug, fmt::format(format, std::forward<T>(args)...));
}
template <class... T>
void log_info(fmt::format_string<T...> format, T&&... args) {
  log_line(LogLevel::kInfo, fmt::format(format, std::forward<T>(args)...));
}
template <class... T>
void log_warning(fmt::format_string<T...> format, T&&... args) {
  log_line(LogLevel::kWarning, fmt::format(format, std::forward<T>(args)...));
}
template <class... T>
void log_error(fmt::format_string<T...> format, T&&... args) {
  log_line(LogLevel::kError, fmt::format(format, std::forward<T>(args)...));
}

}  // namespace twinset
