#include "datasets/product_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "framework/core/error.h"

namespace twinset {
namespace {

using Json = nlohmann::ordered_json;

/// The text of a scalar; "" for null.
std::string scalar_text(const Json& value, const std::string& place, const std::string& key) {
  if (value.is_null()) return "";
  if (value.is_string()) return value.get<std::string>();
  if (value.is_structured()) {
    throw DataError(
        {.where = place,
         .what = fmt::format("'{}' holds a {}", key, value.is_array() ? "list in a list" : "map"),
         .expected = "a text, a number or a list of them"});
  }
  return value.dump();
}

std::vector<std::string> texts_of(const Json& value, const std::string& place,
                                  const std::string& key) {
  std::vector<std::string> texts;
  if (value.is_array()) {
    for (const Json& item : value) texts.push_back(scalar_text(item, place, key));
  } else {
    texts.push_back(scalar_text(value, place, key));
  }
  std::erase(texts, "");
  return texts;
}

}  // namespace

ProductRecord parse_product_json(std::string_view text, const std::string& place,
                                 const std::string& stem, const std::string& id_key,
                                 const std::vector<std::string>& title_keys) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) {
    throw DataError(
        {.where = place,
         .what = json.is_discarded() ? "can't be read as JSON"
                                     : fmt::format("holds a {}", json.type_name()),
         .expected =
             "a JSON map such as {\"id\": \"17\", \"title\": \"Red dress\", \"colour\": \"Red\"}"});
  }
  ProductRecord record;
  for (const std::string& key : title_keys) {
    const auto value = json.find(key);
    if (value == json.end()) continue;
    for (const std::string& part : texts_of(*value, place, key))
      record.title += (record.title.empty() ? "" : " ") + part;
  }
  for (const auto& [key, value] : json.items()) {
    if (std::find(title_keys.begin(), title_keys.end(), key) != title_keys.end()) continue;
    if (key == id_key) {
      record.id = scalar_text(value, place, key);
      continue;
    }
    for (std::string& part : texts_of(value, place, key))
      record.attributes.push_back({key, std::move(part)});
  }
  if (record.id.empty()) record.id = stem;
  return record;
}

}  // namespace twinset
