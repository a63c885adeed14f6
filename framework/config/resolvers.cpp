// The built-in resolvers. Their corner cases are OmegaConf's: a default of oc.env becomes a string,
// oc.select of a null value ignores the default, what oc.decode gives can't be entered by a path.
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>

#include "framework/config/interpolation.h"
#include "framework/config/python_text.h"
#include "framework/config/yaml.h"
#include "framework/core/error.h"
#include "framework/core/logging.h"

namespace twinset {
namespace {

const std::vector<std::string>& resolver_names() {
  static const std::vector<std::string> kNames = {"hydra",          "now",           "oc.create",
                                                  "oc.decode",      "oc.deprecated", "oc.dict.keys",
                                                  "oc.dict.values", "oc.env",        "oc.select"};
  return kNames;
}

bool has_null_key(const Node& node) {
  if (node.is_list())
    return std::any_of(node.as_list().begin(), node.as_list().end(), has_null_key);
  return node.is_map() &&
         std::any_of(node.as_map().begin(), node.as_map().end(), [](const auto& entry) {
           return map_key_value(entry.first).is_null() || has_null_key(entry.second);
         });
}

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

}  // namespace

Resolver::Ref Resolver::call(const std::string& name, const Arguments& arguments, const Ref& site) {
  const auto expect_arguments = [&](size_t least, size_t most) {
    if (arguments.size() >= least && arguments.size() <= most) return;
    fail(site, fmt::format("{} gets {} arguments", name, arguments.size()),
         least == most ? fmt::format("{}", least) : fmt::format("{} to {}", least, most));
  };
  if (name == "oc.env") return expect_arguments(1, 2), call_env(arguments, site);
  if (name == "oc.select") return expect_arguments(1, 2), call_select(arguments, site);
  if (name == "oc.decode") return expect_arguments(1, 1), call_decode(arguments, site);
  if (name == "oc.create") return expect_arguments(1, 1), call_create(arguments, site);
  if (name == "oc.deprecated") return expect_arguments(1, 2), call_deprecated(arguments, site);
  if (name == "oc.dict.keys") return expect_arguments(1, 1), call_dict(arguments, site, true);
  if (name == "oc.dict.values") return expect_arguments(1, 1), call_dict(arguments, site, false);
  if (name == "now") return expect_arguments(1, 1), call_now(arguments, site);
  if (name == "hydra") return expect_arguments(1, 1), call_hydra(arguments, site);
  throw_unknown_name(site.node->where(full_key(site)), "resolver", name, resolver_names());
}

std::string Resolver::string_argument(const Arguments& arguments, size_t index,
                                      const std::string& name, const Ref& site) const {
  const Node& argument = *arguments[index].node;
  if (!argument.is_string())
    fail(site, fmt::format("argument {} of {} is {}", index + 1, name, argument.describe()),
         "a string");
  return argument.as_string();
}

Resolver::Ref Resolver::call_env(const Arguments& arguments, const Ref& site) {
  const std::string name = string_argument(arguments, 0, "oc.env", site);
  if (const char* value = std::getenv(name.c_str())) return make(Node(value), site, true);
  if (arguments.size() == 1) {
    fail(site, fmt::format("environment variable '{}' is not set", name), "",
         fmt::format("set it, or give a default: ${{oc.env:{},VALUE}}", name));
  }
  const Node& fallback = *arguments[1].node;
  return make(fallback.is_null() ? Node() : Node(python_str(fallback)), site, true);
}

Resolver::Ref Resolver::call_select(const Arguments& arguments, const Ref& site) {
  std::string path = string_argument(arguments, 0, "oc.select", site);
  const std::string written = path;
  const Frame* start = start_of(path, site.frame);
  if (start == nullptr) fail(site, fmt::format("'{}' goes up beyond the root", written));
  const std::optional<Ref> found = select_from(start, path, OnMissing::kKeep);
  if (found && !found->node->is_missing()) return *found;
  return arguments.size() > 1 ? arguments[1] : make(Node(), site, true);
}

Resolver::Ref Resolver::call_decode(const Arguments& arguments, const Ref& site) {
  if (arguments[0].node->is_null()) return make(Node(), site, true);
  return element(parse_element(string_argument(arguments, 0, "oc.decode", site)), site, false);
}

Resolver::Ref Resolver::call_create(const Arguments& arguments, const Ref& site) {
  const Node& argument = *arguments[0].node;
  Node made = argument;
  if (argument.is_string()) {
    made = load_yaml(argument.as_string(), site.node->location().file + " (oc.create)");
  } else if (!argument.is_map() && !argument.is_list() && !argument.is_null()) {
    fail(site, fmt::format("oc.create gets {}", argument.describe()), "a list, a map or YAML text");
  }
  if (has_null_key(made))
    fail(site, "oc.create gets null as a key", "a string, a number or a boolean");
  return make(std::move(made), site, false);
}

Resolver::Ref Resolver::call_deprecated(const Arguments& arguments, const Ref& site) {
  const std::string written = string_argument(arguments, 0, "oc.deprecated", site);
  std::string path = written;
  std::string message = arguments.size() > 1 ? string_argument(arguments, 1, "oc.deprecated", site)
                                             : "'$OLD_KEY' is deprecated, use '$NEW_KEY'";
  const Frame* start = start_of(path, site.frame);
  const std::optional<Ref> found =
      start == nullptr ? std::nullopt : select_from(start, path, OnMissing::kKeep);
  if (!found) fail(site, fmt::format("oc.deprecated: key '{}' not found", written));
  replace_all(message, "$OLD_KEY", full_key(site));
  replace_all(message, "$NEW_KEY", full_key(*found));
  log_warning("{}", site.node->where(message));
  return *found;
}

Resolver::Ref Resolver::call_dict(const Arguments& arguments, const Ref& site, bool keys) {
  const char* const name = keys ? "oc.dict.keys" : "oc.dict.values";
  const std::string written = string_argument(arguments, 0, name, site);
  std::string path = written;
  const Frame* start = start_of(path, site.frame);
  const std::optional<Ref> found =
      start == nullptr ? std::nullopt : select_from(start, path, OnMissing::kThrow);
  if (!found) fail(site, fmt::format("{}: key '{}' not found", name, written));
  if (!found->node->is_map())
    fail(site, fmt::format("{}: '{}' is {}", name, written, found->node->describe()), "a map");
  Node::List list;
  for (const auto& [key, child] : found->node->as_map()) {
    if (keys) {
      list.push_back(map_key_value(key));
    } else {
      // One more dot, since the reference stands one level deeper than the call.
      const std::string prefix = written[0] == '.' ? "." + written : written;
      list.push_back(Node("${" + prefix + "." + python_str(map_key_value(key)) + "}"));
    }
  }
  return make(Node(std::move(list)), site, false);
}

Resolver::Ref Resolver::call_now(const Arguments& arguments, const Ref& site) {
  // One instant for the whole process, so that every ${now:...} of a run agrees.
  static const std::time_t kStart =
      std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  const std::string format = string_argument(arguments, 0, "now", site);
  std::tm local{};
  localtime_r(&kStart, &local);
  char text[256];
  const size_t length = std::strftime(text, sizeof text, format.c_str(), &local);
  return make(Node(std::string(text, length)), site, true);
}

Resolver::Ref Resolver::call_hydra(const Arguments& arguments, const Ref& site) {
  const std::string path = "hydra." + string_argument(arguments, 0, "hydra", site);
  const std::optional<Ref> found = select_from(root_frame_, path, OnMissing::kThrow);
  if (found) return *found;
  fail(site, fmt::format("'{}' is no key of the run's own configuration", path));
}

}  // namespace twinset
