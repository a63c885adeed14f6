#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

namespace twinset::pinlanding {

/// The value at a dotted path, or null if it is absent, null, or the path is empty.
inline const nlohmann::ordered_json* json_field(const nlohmann::ordered_json& json,
                                                std::string_view path) {
  const nlohmann::ordered_json* value = path.empty() ? nullptr : &json;
  while (value != nullptr && !path.empty()) {
    const size_t dot = path.find('.');
    const auto child = value->is_object() ? value->find(path.substr(0, dot)) : value->end();
    value = value->is_object() && child != value->end() && !child->is_null() ? &*child : nullptr;
    path = dot == std::string_view::npos ? "" : path.substr(dot + 1);
  }
  return value;
}

}  // namespace twinset::pinlanding
