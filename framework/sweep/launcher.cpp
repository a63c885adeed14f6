#include "framework/sweep/launcher.h"

#include "framework/core/atomic_file.h"

namespace twinset {

nlohmann::ordered_json read_job_result(const std::filesystem::path& job_folder) {
  constexpr size_t kMaxBytes = 64 << 10;
  const std::filesystem::path file = job_folder / "result.json";
  if (!std::filesystem::exists(file)) return nullptr;
  nlohmann::ordered_json result = nlohmann::ordered_json::parse(read_file(file), nullptr, false);
  if (result.is_discarded()) return nullptr;
  if (result.is_object() && result.contains("metrics"))
    result = nlohmann::ordered_json(result["metrics"]);
  return result.dump().size() > kMaxBytes ? nlohmann::ordered_json() : result;
}

}  // namespace twinset
