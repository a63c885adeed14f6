#include "framework/core/logging.h"

#include <fmt/chrono.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <mutex>

#include "framework/core/error.h"

namespace twinset {
namespace {

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

struct Log {
  std::mutex mutex;
  LogLevel level = LogLevel::kInfo;
  std::string prefix;
  std::unique_ptr<std::FILE, CloseFile> file;
};

Log& the_log() {
  static Log log;
  return log;
}

}  // namespace

void set_log_level(LogLevel level) {
  const std::lock_guard lock(the_log().mutex);
  the_log().level = level;
}

void set_log_level(std::string_view name) {
  if (name == "debug") return set_log_level(LogLevel::kDebug);
  if (name == "info") return set_log_level(LogLevel::kInfo);
  if (name == "warning") return set_log_level(LogLevel::kWarning);
  if (name == "error") return set_log_level(LogLevel::kError);
  throw_unknown_name("log level", "level", name, {"debug", "info", "warning", "error"});
}

void set_log_file(const std::string& path) {
  std::unique_ptr<std::FILE, CloseFile> file;
  if (!path.empty()) {
    file.reset(std::fopen(path.c_str(), "ae"));
    if (!file)
      throw SystemError(
          {.where = path, .what = fmt::format("can't open the log: {}", std::strerror(errno))});
  }
  const std::lock_guard lock(the_log().mutex);
  the_log().file = std::move(file);
}

void set_log_prefix(std::string prefix) {
  const std::lock_guard lock(the_log().mutex);
  the_log().prefix = std::move(prefix);
}

void log_line(LogLevel level, std::string_view text) {
  static constexpr const char* kNames[] = {"debug", "info", "warning", "error"};
  Log& log = the_log();
  const std::lock_guard lock(log.mutex);
  if (level < log.level) return;
  const std::string mark =
      level == LogLevel::kInfo ? "" : fmt::format("{}: ", kNames[static_cast<int>(level)]);
  const std::string prefix = log.prefix.empty() ? "" : log.prefix + ": ";
  const std::string line = fmt::format("{}{}{}\n", prefix, mark, text);
  std::fputs(line.c_str(), stderr);
  if (log.file) {
    std::fputs(
        fmt::format("{:%Y-%m-%d %H:%M:%S} {}", fmt::localtime(std::time(nullptr)), line).c_str(),
        log.file.get());
    std::fflush(log.file.get());
  }
}

}  // namespace twinset
