#include "framework/config/config_server.h"

#include <fmt/format.h>

#include <istream>
#include <nlohmann/json.hpp>
#include <ostream>

#include "framework/config/compose.h"
#include "framework/config/interpolation.h"
#include "framework/config/override.h"
#include "framework/config/sweep.h"
#include "framework/config/yaml.h"
#include "framework/core/error.h"

namespace twinset {
namespace {

// JSON text is written by hand: integers of any size, and floats that keep their ".0".
std::string text(const std::string& value) {
  return nlohmann::json(value).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string text(const Node& node) {
  switch (node.kind()) {
    case Node::Kind::kNull:
      return "null";
    case Node::Kind::kMissing:
      return text(std::string("?") + "??");
    case Node::Kind::kBool:
      return node.as_bool() ? "true" : "false";
    case Node::Kind::kInt:
      return node.int_text();
    case Node::Kind::kFloat: {
      const std::string number = float_text(node.as_float());
      return number.find_first_of("in") == std::string::npos ? number
                                                             : "{\"$float\": " + text(number) + "}";
    }
    case Node::Kind::kString:
      return node.is_bytes() ? to_json(node).dump() : text(node.as_string());
    case Node::Kind::kList: {
      std::string out = "[";
      for (const Node& item : node.as_list()) out += (out.size() > 1 ? ", " : "") + text(item);
      return out + "]";
    }
    case Node::Kind::kMap:
      break;
  }
  bool is_plain = true;
  for (const auto& [key, child] : node.as_map()) {
    is_plain = is_plain && map_key_value(key).is_string() &&
               (key.empty() || (key[0] != '$' && key[0] != '\x01'));
  }
  std::string out;
  for (const auto& [key, child] : node.as_map()) {
    out += out.empty() ? "" : ", ";
    out += is_plain ? text(key) + ": " + text(child)
                    : "[" + text(map_key_value(key)) + ", " + text(child) + "]";
  }
  return is_plain ? "{" + out + "}" : "{\"$map\": [" + out + "]}";
}

template <class T, class F>
std::string list(const T& items, F item_text) {
  std::string out;
  for (const auto& item : items) out += (out.empty() ? "" : ", ") + item_text(item);
  return "[" + out + "]";
}

std::string text(const OverrideValue& value) {
  switch (value.kind) {
    case OverrideValue::Kind::kQuoted:
      return fmt::format(R"({{"$quoted": {}, "quote": "{}"}})", text(value.scalar.as_string()),
                         value.quote == '"' ? "double" : "single");
    case OverrideValue::Kind::kList:
      return list(value.items, [](const OverrideValue& v) { return text(v); });
    case OverrideValue::Kind::kMap: {
      bool is_plain = true;
      for (const Node& key : value.keys)
        is_plain = is_plain && key.is_string() && key.as_string().substr(0, 1) != "$";
      std::string out;
      for (size_t i = 0; i < value.items.size(); ++i) {
        const std::string pair =
            text(value.keys[i]) + (is_plain ? ": " : ", ") + text(value.items[i]);
        out += (i > 0 ? ", " : "") + (is_plain ? pair : "[" + pair + "]");
      }
      return is_plain ? "{" + out + "}" : "{\"$map\": [" + out + "]}";
    }
    default:
      return text(value.scalar);
  }
}

std::string sweep_text(const Override& override) {
  const OverrideValue& value = *override.value;
  const auto string_text = [](const std::string& s) { return text(s); };
  const auto expanded = [&] { return list(sweep_values(override, nullptr), string_text); };
  const std::string tags = list(value.tags, string_text);
  const char* const shuffle = value.is_shuffled ? "true" : "false";
  switch (value.kind) {
    case OverrideValue::Kind::kGlob:
      return fmt::format(
          R"({{"kind": "glob", "include": {}, "exclude": {}, "tags": [], "shuffle": false, "expanded": null}})",
          list(value.include, string_text), list(value.exclude, string_text));
    case OverrideValue::Kind::kInterval:
      return fmt::format(
          R"({{"kind": "interval", "start": {}, "end": {}, "tags": {}, "shuffle": false, "expanded": null}})",
          text(value.start), text(value.stop), tags);
    case OverrideValue::Kind::kRange:
      return fmt::format(
          R"({{"kind": "range", "start": {}, "stop": {}, "step": {}, "tags": {}, "shuffle": {}, "expanded": {}}})",
          text(value.start), text(value.stop), text(value.step), tags, shuffle, expanded());
    default:
      return fmt::format(
          R"({{"kind": "{}", "list": {}, "tags": {}, "shuffle": {}, "expanded": {}}})",
          value.is_simple_choice ? "simple_choice" : "choice",
          list(value.items, [](const OverrideValue& v) { return text(v); }), tags, shuffle,
          expanded());
  }
}

std::string answer_override(const nlohmann::json& request) {
  const Override parsed = parse_override(request.at("override").get<std::string>());
  static const char* const kTypes[] = {"change", "add", "force_add", "del"};
  std::string out = fmt::format(R"({{"key": {}, "package": {}, "type": "{}")", text(parsed.key),
                                parsed.package ? text(*parsed.package) : "null",
                                kTypes[static_cast<int>(parsed.type)]);
  if (parsed.is_sweep())
    out += ", \"sweep\": " + sweep_text(parsed);
  else if (parsed.value)
    out += ", \"value\": " + text(*parsed.value);
  return out + "}";
}

std::string answer_sweep(const nlohmann::json& request) {
  const auto options = [&](const std::string& group) -> std::vector<std::string> {
    const auto found = request.at("group_options").find(group);
    if (found == request.at("group_options").end()) return {};
    return found->get<std::vector<std::string>>();
  };
  const auto jobs = expand_sweep({.overrides = request.at("overrides"), .options = options});
  return list(jobs, [](const auto& job) {
    return list(job, [](const std::string& s) { return text(s); });
  });
}

std::string answer_interpolate(const nlohmann::json& request) {
  const Node root = load_yaml(request.at("yaml").get<std::string>(), "yaml");
  const std::string key = request.at("key");
  Resolver resolver(root);
  if (key.empty()) return text(resolver.resolved_root());
  const std::optional<Node> value = resolver.select(key);
  if (!value) throw ConfigError({.what = "no such key: " + key});
  return text(*value);
}

std::string answer_compose(const nlohmann::json& request) {
  ComposeRequest compose_request{.config_dir = request.at("config_dir").get<std::string>(),
                                 .overrides = request.at("overrides"),
                                 .resolve = request.at("resolve")};
  if (!request.at("config_name").is_null()) compose_request.config_name = request.at("config_name");
  return text(compose(compose_request).config);
}

std::string answer_print(const nlohmann::json& request) {
  return text(to_yaml(load_yaml(request.at("yaml").get<std::string>(), "yaml")));
}

std::string answer(const nlohmann::json& request) {
  const std::string op = request.at("op");
  if (op == "compose") return answer_compose(request);
  if (op == "override") return answer_override(request);
  if (op == "sweep") return answer_sweep(request);
  if (op == "interpolate") return answer_interpolate(request);
  if (op == "print") return answer_print(request);
  throw ConfigError({.what = "unknown request '" + op + "'"});
}

}  // namespace

std::string answer_config_request(std::string_view request) {
  try {
    return "{\"ok\": " + answer(nlohmann::json::parse(request)) + "}";
  } catch (const Error& error) {
    return "{\"error\": " + text(std::string(error.what())) + "}";
  } catch (const nlohmann::json::exception& error) {
    return "{\"error\": " + text(fmt::format("malformed request: {}", error.what())) + "}";
  }
}

void serve_config_requests(std::istream& in, std::ostream& out) {
  for (std::string line; std::getline(in, line);) out << answer_config_request(line) << std::endl;
}

}  // namespace twinset
