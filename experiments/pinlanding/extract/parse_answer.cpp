#include "experiments/pinlanding/extract/parse_answer.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "experiments/pinlanding/chat/json_answer.h"
#include "experiments/pinlanding/words.h"

namespace twinset::pinlanding {
namespace {

using Json = nlohmann::ordered_json;

struct Refused {
  std::string reason;
};

std::string text_of(const std::string& family, const Json& value) {
  if (value.is_null()) return "";
  if (value.is_structured())
    throw Refused{fmt::format("the value of '{}' is a {}", family,
                              value.is_array() ? "list in a list" : "map")};
  return trimmed(value.is_string() ? value.get<std::string>() : value.dump());
}

std::vector<Attribute> attributes_of(const Json& object, const std::vector<std::string>& families) {
  std::vector<Attribute> attributes;
  std::set<std::pair<std::string, std::string>> seen;
  for (const auto& [family, value] : object.items()) {
    if (!families.empty() &&
        std::find(families.begin(), families.end(), family) == families.end()) {
      throw Refused{fmt::format("unknown family '{}', expected one of: {}", family,
                                fmt::join(families, ", "))};
    }
    const Json values = value.is_array() ? value : Json::array({value});
    for (const Json& item : values) {
      const std::string text = text_of(family, item);
      if (!text.empty() && seen.insert({family, text}).second) attributes.push_back({family, text});
    }
  }
  return attributes;
}

}  // namespace

ExtractAnswer parse_answer(const std::string& text, const std::vector<std::string>& families) {
  const auto failed = [&](const std::string& reason) { return ExtractAnswer{{}, reason, text}; };
  JsonAnswer read = read_json_answer(text);
  if (!read.failure.empty()) return failed(read.failure);
  Json object = std::move(read.object);
  if (object.size() == 1 && object.contains("attributes") && object["attributes"].is_object())
    object = Json(object["attributes"]);
  try {
    ExtractAnswer answer{attributes_of(object, families), "", ""};
    return answer.attributes.empty() ? failed("the answer has no attribute") : answer;
  } catch (const Refused& refused) {
    return failed(refused.reason);
  }
}

}  // namespace twinset::pinlanding
