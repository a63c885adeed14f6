#include "framework/tracking/metrics_log.h"

#include <nlohmann/json.hpp>
#include <sstream>

#include "framework/core/atomic_file.h"
#include "framework/core/error.h"

namespace twinset {

MetricsLog::MetricsLog(const std::filesystem::path& file, int64_t resume_step) : path_(file) {
  std::string kept;
  if (std::filesystem::exists(file)) {
    std::istringstream lines(read_file(file));
    for (std::string line; std::getline(lines, line);) {
      const auto json = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
      if (json.is_object() && json.value("step", resume_step + 1) <= resume_step)
        kept += line + "\n";
    }
  }
  write_file(file, kept);
  file_.open(file, std::ios::app);
  if (!file_) throw SystemError({.where = file.string(), .what = "can't open the metrics log"});
}

void MetricsLog::write(int64_t step, const Metrics& metrics) {
  nlohmann::ordered_json json = {{"step", step}};
  for (const auto& [name, value] : metrics) json[name] = value;
  file_ << json.dump() << '\n' << std::flush;
  if (!file_)
    throw SystemError({.where = path_.string(),
                       .what = "can't write to the metrics log",
                       .todo = "is the disk full?"});
}

}  // namespace twinset
