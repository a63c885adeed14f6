#include "framework/core/node.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "framework/core/error.h"
#include "framework/core/yaml_scalar.h"

namespace twinset {

Node Node::missing() {
  Node node;
  node.value_ = Missing{};
  return node;
}

Node Node::big_int(std::string digits) {
  const bool negative = !digits.empty() && digits[0] == '-';
  if (!digits.empty() && digits[0] == '+') digits.erase(0, 1);
  const size_t first = digits.find_first_not_of('0', negative ? 1 : 0);
  digits = first == std::string::npos ? "0" : (negative ? "-" : "") + digits.substr(first);
  Node node;
  if (digits.size() < 20) {
    const long long value = std::strtoll(digits.c_str(), nullptr, 10);
    if (std::to_string(value) == digits) return Node(static_cast<int64_t>(value));
  }
  node.value_ = BigInt{std::move(digits)};
  return node;
}

Node Node::bytes(std::string data) {
  Node node;
  node.value_ = Bytes{std::move(data)};
  return node;
}

Node::Kind Node::kind() const {
  if (is_big_int()) return Kind::kInt;
  if (is_bytes()) return Kind::kString;
  return static_cast<Kind>(value_.index());
}

int64_t Node::as_int() const {
  if (const auto* big = std::get_if<BigInt>(&value_)) {
    throw ConfigError({.where = where(""),
                       .what = "is " + big->digits,
                       .expected = "an integer of at most 64 bits"});
  }
  return std::get<int64_t>(value_);
}

const std::string& Node::as_string() const {
  if (const auto* bytes = std::get_if<Bytes>(&value_)) return bytes->data;
  return std::get<std::string>(value_);
}

std::string Node::int_text() const {
  if (const auto* big = std::get_if<BigInt>(&value_)) return big->digits;
  return std::to_string(std::get<int64_t>(value_));
}

const Node* Node::find(std::string_view key) const {
  if (!is_map()) return nullptr;
  for (const auto& [name, child] : as_map()) {
    if (name == key) return &child;
  }
  return nullptr;
}

Node* Node::find(std::string_view key) { return const_cast<Node*>(std::as_const(*this).find(key)); }

const Node& Node::at(std::string_view key) const {
  const Node* child = find(key);
  if (child == nullptr) throw_unknown_name(where(""), "key", key, keys());
  return *child;
}

const Node* Node::find_path(std::string_view dotted_path) const {
  const Node* node = this;
  while (node != nullptr && !dotted_path.empty()) {
    const size_t dot = dotted_path.find('.');
    node = node->find(dotted_path.substr(0, dot));
    dotted_path = dot == std::string_view::npos ? "" : dotted_path.substr(dot + 1);
  }
  return node;
}

Node& Node::set(std::string_view key, Node value) {
  if (is_null()) value_ = Map{};
  if (Node* child = find(key)) return *child = std::move(value);
  return as_map().emplace_back(std::string(key), std::move(value)).second;
}

Node& Node::set_path(std::string_view dotted_path, Node value) {
  const size_t dot = dotted_path.find('.');
  if (dot == std::string_view::npos) return set(dotted_path, std::move(value));
  const std::string_view head = dotted_path.substr(0, dot);
  Node* child = find(head);
  if (child == nullptr || !(child->is_map() || child->is_null())) child = &set(head, Node::map());
  return child->set_path(dotted_path.substr(dot + 1), std::move(value));
}

bool Node::erase(std::string_view key) {
  if (!is_map()) return false;
  return std::erase_if(as_map(), [&](const auto& entry) { return entry.first == key; }) > 0;
}

std::vector<std::string> Node::keys() const {
  std::vector<std::string> names;
  if (is_map()) {
    for (const auto& [name, child] : as_map()) names.push_back(name);
  }
  return names;
}

std::string Node::where(std::string_view key) const {
  std::string place = location_.file;
  if (location_.line > 0) place += fmt::format(":{}", location_.line);
  if (place.empty()) return std::string(key);
  return key.empty() ? place : fmt::format("{}: {}", place, key);
}

const char* Node::kind_name(Kind kind) {
  switch (kind) {
    case Kind::kNull:
      return "null";
    case Kind::kMissing:
      return "the missing value ???";
    case Kind::kBool:
      return "a boolean";
    case Kind::kInt:
      return "an integer";
    case Kind::kFloat:
      return "a float";
    case Kind::kString:
      return "a string";
    case Kind::kList:
      return "a list";
    case Kind::kMap:
      return "a map";
  }
  return "";
}

std::string Node::describe() const {
  switch (kind()) {
    case Kind::kBool:
      return as_bool() ? "true" : "false";
    case Kind::kInt:
      return int_text();
    case Kind::kFloat:
      return float_text(as_float());
    case Kind::kString:
      return fmt::format("'{}'", as_string());
    default:
      return kind_name(kind());
  }
}

bool operator==(const Node& a, const Node& b) {
  if (a.kind() != b.kind()) return false;
  if (!a.is_map()) return a.value_ == b.value_;
  if (a.as_map().size() != b.as_map().size()) return false;
  return std::all_of(a.as_map().begin(), a.as_map().end(), [&](const auto& entry) {
    const Node* other = b.find(entry.first);
    return other != nullptr && entry.second == *other;
  });
}

namespace {

constexpr char kTypedKey = '\x01';

std::string shown_key(const std::string& key) {
  if (key.empty() || key[0] != kTypedKey) return key;
  const Node value = map_key_value(key);
  return value.is_bytes() ? base64(value.as_string()) : value.describe();
}

}  // namespace

std::string map_key(const Node& scalar) {
  const std::string prefix(1, kTypedKey);
  switch (scalar.kind()) {
    case Node::Kind::kNull:
      return prefix + "n";
    case Node::Kind::kBool:
      return prefix + (scalar.as_bool() ? "b1" : "b0");
    case Node::Kind::kInt:
      return prefix + "i" + scalar.int_text();
    case Node::Kind::kFloat:
      return prefix + "f" + float_text(scalar.as_float());
    case Node::Kind::kMissing:
      return "???";
    default:
      return scalar.is_bytes() ? prefix + "y" + scalar.as_string() : scalar.as_string();
  }
}

Node map_key_value(std::string_view key) {
  if (key.size() < 2 || key[0] != kTypedKey) return Node(std::string(key));
  const std::string text(key.substr(2));
  switch (key[1]) {
    case 'b':
      return Node(text == "1");
    case 'i':
      return Node::big_int(text);
    case 'f':
      return Node(std::strtod(text.c_str(), nullptr));
    case 'y':
      return Node::bytes(text);
    default:
      return Node();
  }
}

nlohmann::ordered_json to_json(const Node& node) {
  switch (node.kind()) {
    case Node::Kind::kNull:
      return nullptr;
    case Node::Kind::kMissing:
      return "???";
    case Node::Kind::kBool:
      return node.as_bool();
    case Node::Kind::kInt:
      if (node.is_big_int()) return {{"$int", node.int_text()}};
      return node.as_int();
    case Node::Kind::kFloat:
      if (!std::isfinite(node.as_float())) return {{"$float", float_text(node.as_float())}};
      return node.as_float();
    case Node::Kind::kString:
      if (node.is_bytes()) return {{"$bytes", base64(node.as_string())}};
      return node.as_string();
    case Node::Kind::kList: {
      auto json = nlohmann::ordered_json::array();
      for (const Node& item : node.as_list()) json.push_back(to_json(item));
      return json;
    }
    case Node::Kind::kMap: {
      auto json = nlohmann::ordered_json::object();
      for (const auto& [key, child] : node.as_map()) json[shown_key(key)] = to_json(child);
      return json;
    }
  }
  return nullptr;
}

Node from_json(const nlohmann::ordered_json& json) {
  if (json.is_null()) return Node();
  if (json.is_boolean()) return Node(json.get<bool>());
  if (json.is_number_integer()) return Node(json.get<int64_t>());
  if (json.is_number()) return Node(json.get<double>());
  if (json.is_string())
    return json.get<std::string>() == "???" ? Node::missing() : Node(json.get<std::string>());
  if (json.is_array()) {
    Node::List list;
    for (const auto& item : json) list.push_back(from_json(item));
    return Node(std::move(list));
  }
  if (json.size() == 1 && json.contains("$int"))
    return Node::big_int(json["$int"].get<std::string>());
  if (json.size() == 1 && json.contains("$float")) {
    const std::string text = json["$float"].get<std::string>();
    return Node(text == "nan" ? std::nan("") : text == "inf" ? INFINITY : -INFINITY);
  }
  Node node = Node::map();
  for (const auto& [key, value] : json.items()) node.set(key, from_json(value));
  return node;
}

std::string float_text(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  std::string text = fmt::format("{}", value);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

std::string digest(const Node& node) {
  // FNV-1a over the JSON text with sorted keys.
  const std::string text =
      nlohmann::json(to_json(node)).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  uint64_t hash = 14695981039346656037ULL;
  for (unsigned char c : text) hash = (hash ^ c) * 1099511628211ULL;
  return fmt::format("{:016x}", hash);
}

}  // namespace twinset
