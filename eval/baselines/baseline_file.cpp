#include "eval/baselines/baseline_file.h"

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "framework/core/atomic_file.h"
#include "framework/core/error.h"

namespace twinset {

using Json = nlohmann::ordered_json;

void write_baselines(const std::vector<BaselineResult>& baselines,
                     const std::filesystem::path& file) {
  Json list = Json::array();
  for (const BaselineResult& baseline : baselines) {
    Json metrics = Json::object();
    for (const auto& [name, value] : baseline.metrics) metrics[name] = value;
    list.push_back({{"name", baseline.name}, {"source", baseline.source}, {"metrics", metrics}});
    if (!baseline.is_verified) list.back()["is_verified"] = false;
  }
  write_file(file, list.dump(2) + "\n");
}

std::vector<BaselineResult> read_baselines(const std::filesystem::path& file) {
  const Json list = Json::parse(read_file(file), nullptr, /*allow_exceptions=*/false);
  std::vector<BaselineResult> baselines;
  try {
    if (!list.is_array()) throw std::invalid_argument("the file holds no list");
    for (const Json& item : list) {
      BaselineResult& baseline = baselines.emplace_back();
      baseline.name = item.at("name").get<std::string>();
      baseline.source = item.value("source", "");
      baseline.is_verified = item.value("is_verified", true);
      for (const auto& [name, value] : item.at("metrics").items()) {
        if (!value.is_null()) baseline.metrics.emplace_back(name, value.get<double>());
      }
    }
  } catch (const std::exception& error) {
    throw DataError({.where = file.string(),
                     .what = error.what(),
                     .expected = "a list of baselines, each with 'name', 'source' and 'metrics'"});
  }
  return baselines;
}

}  // namespace twinset
