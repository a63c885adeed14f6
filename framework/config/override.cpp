#include "framework/config/override.h"

#include <algorithm>

#include "framework/config/python_text.h"
#include "framework/core/error.h"

namespace twinset {
namespace {

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view("\\()[]{}:=, \t").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

// The text in quotes; backslashes are doubled only where they stand before a quote.
std::string with_quotes(const std::string& text, char quote) {
  std::string out(1, quote);
  size_t backslashes = 0;
  for (const char c : text) {
    if (c == '\\') {
      ++backslashes;
      continue;
    }
    out.append(c == quote ? 2 * backslashes + 1 : backslashes, '\\');
    backslashes = 0;
    out += c;
  }
  out.append(2 * backslashes, '\\');
  return out + quote;
}

std::string scalar_text(const Node& scalar) {
  if (scalar.is_null()) return "null";
  return scalar.is_string() ? escaped(scalar.as_string()) : python_str(scalar);
}

}  // namespace

Node OverrideValue::to_node() const {
  if (kind == Kind::kScalar || kind == Kind::kQuoted) {
    return scalar.is_string() && scalar.as_string() == "???" ? Node::missing() : scalar;
  }
  if (kind == Kind::kList) {
    Node::List list;
    for (const OverrideValue& item : items) list.push_back(item.to_node());
    return Node(std::move(list));
  }
  TWINSET_CHECK(kind == Kind::kMap, "a sweep has no single value");
  Node::Map map;
  for (size_t i = 0; i < items.size(); ++i) map.emplace_back(map_key(keys[i]), items[i].to_node());
  return Node(std::move(map));
}

std::string Override::key_element() const {
  const char* const prefix = type == Type::kDelete     ? "~"
                             : type == Type::kAdd      ? "+"
                             : type == Type::kForceAdd ? "++"
                                                       : "";
  return prefix + key_with_package();
}

std::string override_text(const OverrideValue& value) {
  switch (value.kind) {
    case OverrideValue::Kind::kScalar:
      return scalar_text(value.scalar);
    case OverrideValue::Kind::kQuoted:
      return with_quotes(value.scalar.as_string(), value.quote);
    case OverrideValue::Kind::kList: {
      std::string out = "[";
      for (size_t i = 0; i < value.items.size(); ++i)
        out += (i > 0 ? "," : "") + override_text(value.items[i]);
      return out + "]";
    }
    case OverrideValue::Kind::kMap: {
      std::string out = "{";
      for (size_t i = 0; i < value.items.size(); ++i) {
        out +=
            (i > 0 ? "," : "") + scalar_text(value.keys[i]) + ":" + override_text(value.items[i]);
      }
      return out + "}";
    }
    default:
      throw ConfigError({.what = "a sweep within a value", .expected = "a single value"});
  }
}

}  // namespace twinset
