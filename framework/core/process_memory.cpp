#include "framework/core/process_memory.h"

#include <fstream>
#include <string>
#include <string_view>

#include "framework/core/error.h"

namespace twinset {
namespace {

double status_mib(std::string_view key) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(key)) return std::stod(line.substr(key.size())) / 1024.0;  // given in KiB
  }
  throw SystemError({.where = "/proc/self/status",
                     .what = "has no " + std::string(key),
                     .expected = "Linux's",
                     .todo = ""});
}

}  // namespace

double resident_mib() { return status_mib("VmRSS:"); }

double peak_resident_mib() { return status_mib("VmHWM:"); }

}  // namespace twinset
