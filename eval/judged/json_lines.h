#pragma once

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "framework/core/error.h"

namespace twinset {

/// Calls use(object, "file:line") for each line that is not blank. @throws DataError for a line
/// that is no object, or (from `use`) a member that is missing or of another kind, with the file
/// and line in front.
template <class Use>
void for_each_json_line(const std::filesystem::path& file, const std::string& expected, Use use) {
  std::ifstream lines(file);
  if (!lines)
    throw DataError({.where = file.string(), .what = "can't be read", .expected = expected});
  int64_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    const std::string where = fmt::format("{}:{}", file.string(), ++number);
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    const auto object = nlohmann::ordered_json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (!object.is_object())
      throw DataError({.where = where, .what = "is no JSON object", .expected = expected});
    try {
      use(object, where);
    } catch (const nlohmann::json::exception& error) {
      throw DataError({.where = where, .what = error.what(), .expected = expected});
    }
  }
}

/// {"colour": "black", "season": ["spring", "fall"]} as attributes. @throws json::exception for
/// other shapes
inline std::vector<std::pair<std::string, std::string>> attributes_of_json(
    const nlohmann::ordered_json& object) {
  std::vector<std::pair<std::string, std::string>> attributes;
  for (const auto& [key, value] : object.get_ref<const nlohmann::ordered_json::object_t&>()) {
    if (value.is_array()) {
      for (const auto& item : value) attributes.emplace_back(key, item.template get<std::string>());
    } else {
      attributes.emplace_back(key, value.template get<std::string>());
    }
  }
  return attributes;
}

}  // namespace twinset
