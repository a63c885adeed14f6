#include "experiments/twinset/environment.h"

#include <ATen/Parallel.h>
#include <fmt/chrono.h>
#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
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
          {"memory_gib", static_cast<double>(sysconf(_SC_PHYS_PAGES)) *
                             static_cast<double>(sysconf(_SC_PAGE_SIZE)) / (1 << 30)},
          {"date", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)))}};
}

std::optional<double> processor_joules() {
  const std::filesystem::path zones = "/sys/class/powercap";
  std::error_code error;
  double joules = 0;
  bool has_any = false;
  for (const auto& zone : std::filesystem::directory_iterator(zones, error)) {
    // intel-rapl:0 is a package (AMD's too), intel-rapl:0:0 a part of one.
    const std::string name = zone.path().filename().string();
    if (!name.starts_with("intel-rapl:") || name.find(':') != name.rfind(':')) continue;
    double microjoules = 0;
    if (std::ifstream(zone.path() / "energy_uj") >> microjoules) {
      joules += microjoules / 1e6;
      has_any = true;
    }
  }
  if (!has_any) return std::nullopt;
  return joules;
}

std::string program_version() { return TWINSET_VERSION; }

std::string version_text() {
  return fmt::format("twinset {}\ncommit   {}\ntorch    {}\ncompiler {}\n", TWINSET_VERSION,
                     TWINSET_COMMIT, TWINSET_TORCH_VERSION, __VERSION__);
}

double peak_rss_mib() {
  struct rusage usage {};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024.0;
}

}  // namespace twinset
