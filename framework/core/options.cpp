#include "framework/core/options.h"

#include <algorithm>

namespace twinset {
namespace options_detail {
namespace {

std::string place(const Node& node, const std::string& path) { return node.where(path); }

void check_range(const Node& node, const std::string& where, const Field& field, double value) {
  const auto fail = [&](const std::string& expected) {
    const std::string unit = field.unit.empty() ? "" : " " + field.unit;
    throw ConfigError({.where = place(node, where),
                       .what = "is " + node.describe(),
                       .expected = expected + unit});
  };
  // Written so that NaN fails every bound.
  if (field.above && !(value > *field.above)) fail(fmt::format("> {}", *field.above));
  if (field.min && !(value >= *field.min)) fail(fmt::format(">= {}", *field.min));
  if (field.max && !(value <= *field.max)) fail(fmt::format("<= {}", *field.max));
}

}  // namespace

void wrong_kind(const Node& node, const std::string& where, std::string_view expected) {
  throw ConfigError(
      {.where = place(node, where),
       .what = "is " + node.describe(),
       .expected = std::string(expected),
       .todo = node.is_missing() ? "the value is mandatory: set " + where + "=..." : ""});
}

void read_value(const Node& node, const std::string& where, const Field&, bool& value) {
  if (!node.is_bool()) wrong_kind(node, where, "true or false");
  value = node.as_bool();
}

void read_value(const Node& node, const std::string& where, const Field& field, int64_t& value) {
  if (!node.is_int()) wrong_kind(node, where, "an integer");
  check_range(node, where, field, static_cast<double>(node.as_int()));
  value = node.as_int();
}

void read_value(const Node& node, const std::string& where, const Field& field, double& value) {
  if (!node.is_float() && !node.is_int()) wrong_kind(node, where, "a number");
  const double number = node.is_int() ? static_cast<double>(node.as_int()) : node.as_float();
  check_range(node, where, field, number);
  value = number;
}

void read_value(const Node& node, const std::string& where, const Field& field,
                std::string& value) {
  if (!node.is_string()) wrong_kind(node, where, "a string");
  const auto& choices = field.choices;
  if (!choices.empty() &&
      std::find(choices.begin(), choices.end(), node.as_string()) == choices.end()) {
    throw_unknown_name(place(node, where), "value", node.as_string(), choices);
  }
  value = node.as_string();
}

void read_value(const Node& node, const std::string&, const Field&, Node& value) { value = node; }

void check_map(const Node& node, const std::string& path) {
  if (!node.is_map()) wrong_kind(node, path, "a map");
}

void check_known(const Node& node, const std::string& path, const std::vector<std::string>& known) {
  for (const auto& [key, child] : node.as_map()) {
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    throw_unknown_name(child.location().line > 0 ? child.where(path) : node.where(path), "key", key,
                       known);
  }
}

std::string join_path(const std::string& path, std::string_view key) {
  return path.empty() ? std::string(key) : path + "." + std::string(key);
}

}  // namespace options_detail

namespace {

// " (>= 0, <= 1)": what values are allowed.
std::string range_text(const Field& field) {
  std::vector<std::string> bounds;
  if (field.above) bounds.push_back(fmt::format("> {}", *field.above));
  if (field.min) bounds.push_back(fmt::format(">= {}", *field.min));
  if (field.max) bounds.push_back(fmt::format("<= {}", *field.max));
  return bounds.empty() ? "" : fmt::format(" ({})", fmt::join(bounds, ", "));
}

}  // namespace

std::string help_text(const std::vector<FieldInfo>& fields) {
  size_t name_width = 0, type_width = 0, default_width = 0;
  std::vector<std::string> defaults;
  for (const FieldInfo& info : fields) {
    std::string text = to_json(info.default_value).dump();
    name_width = std::max(name_width, info.name.size());
    type_width = std::max(type_width, info.type.size());
    default_width = std::max(default_width, text.size());
    defaults.push_back(std::move(text));
  }
  std::string out;
  for (size_t i = 0; i < fields.size(); ++i) {
    const FieldInfo& info = fields[i];
    std::string note = info.field.help;
    if (!info.field.unit.empty()) note += fmt::format(" [{}]", info.field.unit);
    note += range_text(info.field);
    if (!info.field.choices.empty())
      note += fmt::format(" ({})", fmt::join(info.field.choices, " | "));
    out += fmt::format("  {:<{}}  {:<{}}  {:<{}}  {}\n", info.name, name_width, info.type,
                       type_width, defaults[i], default_width, note);
  }
  return out;
}

std::string required_name(const Node& node, const std::string& kind,
                          const std::vector<std::string>& known) {
  const Node* name = node.find("name");
  if (name != nullptr && name->is_string()) return name->as_string();
  throw ConfigError({.where = node.where(kind),
                     .what = name == nullptr ? "has no 'name'" : "name is " + name->describe(),
                     .expected = fmt::format("one of: {}", fmt::join(known, ", "))});
}

}  // namespace twinset
