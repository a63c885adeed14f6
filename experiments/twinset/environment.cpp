#include "experiments/twinset/environment.h"

#include <ATen/Parallel.h>
#include <fmt/chrono.h>
#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "framework/core/thread_pool.h"
#include "twinset_commit.h"

namespace twinset {
namespace {

std::string processor() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("model name", 0) == 0) return line.substr(line.find(':') + 2);
  }
  return "unknown";
}

}  // namespace

nlohmann::ordered_json environment() {
  return {{"version", TWINSET_VERSION},
          {"commit", TWINSET_COMMIT},
          {"torch", TWINSET_TORCH_VERSION},
          {"compiler", __VERSION__},
          {"processor", processor()},
          {"cores", available_cores()},
          {"threads", at::get_num_threads()},
          {"memory_gib", static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGE_SIZE)) / (1 << 30)},
          {"date", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)))}};
}

double peak_rss_mib() {
  struct rusage usage {};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024.0;
}

}  // namespace twinset
