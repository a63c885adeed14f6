#include "framework/config/compose.h"

#include <fmt/format.h>

#include <cstdlib>

#include "framework/config/apply_override.h"
#include "framework/config/builtin_configs.h"
#include "framework/config/defaults_list.h"
#include "framework/config/interpolation.h"
#include "framework/config/interpolation_parser.h"
#include "framework/config/merge.h"
#include "framework/config/override.h"
#include "framework/core/error.h"

namespace twinset {
namespace {

std::vector<Override> parse_overrides(const std::vector<std::string>& texts) {
  std::vector<Override> overrides;
  for (const std::string& text : texts) {
    Override& override = overrides.emplace_back(parse_override(text));
    if (!override.is_sweep()) continue;
    if (override.value->kind == OverrideValue::Kind::kChoice && override.value->is_simple_choice) {
      throw_override_error(text, override.value_column, "several values for one run", "",
                           "use [a,b] for a list, quotes for a string, --multirun for a sweep");
    }
    throw_override_error(text, override.value_column, "a sweep in a single run", "", "use --multirun");
  }
  return overrides;
}

// hydra.searchpath, from the command line or else from the primary config, appends folders.
void append_searchpath(ConfigRepository& repository, const std::string& config_name, const std::vector<Override>& overrides) {
  Node searchpath;
  std::string where = "hydra.searchpath";
  if (!config_name.empty()) {
    if (const ConfigFile* primary = repository.load(config_name)) {
      if (!primary->config.is_map()) throw ConfigError({.where = primary->origin, .what = "the primary config is " + primary->config.describe(), .expected = "a map"});
      if (const Node* node = primary->config.find_path("hydra.searchpath")) {
        searchpath = Resolver(primary->config).select("hydra.searchpath").value_or(Node());
        where = node->where(where);
      }
    }
  }
  for (const Override& override : overrides) {
    if (override.key_element() != "hydra.searchpath") continue;
    if (override.value) searchpath = override.value->to_node();
    where = fmt::format("override '{}'", override.text);
    break;
  }
  if (searchpath.is_null()) return;
  if (!searchpath.is_list()) throw ConfigError({.where = where, .what = "is " + searchpath.describe(), .expected = "a list of folders"});
  for (const Node& folder : searchpath.as_list()) {
    if (!folder.is_string()) throw ConfigError({.where = where, .what = "holds " + folder.describe(), .expected = "a folder"});
    repository.append_folder(folder.as_string());
  }
}

Node merge_configs(ConfigRepository& repository, const DefaultsList& list) {
  Node config = Node::map();
  for (const ResultDefault& item : list.configs) {
    const ConfigFile* file = repository.load(item.config_path);
    if (!item.is_primary && item.config_path != "hydra/config") {
      const std::string below = item.package == "hydra" ? "searchpath" : item.package.empty() ? "hydra.searchpath" : "";
      const Node* searchpath = below.empty() ? nullptr : file->config.find_path(below);
      if (searchpath != nullptr && !searchpath->is_null()) {
        throw ConfigError({.where = searchpath->where("hydra.searchpath"), .what = "is set in '" + item.config_path + "'", .expected = "it in the primary config only"});
      }
    }
    if (item.package.empty()) {
      merge(config, {}, file->config, NewKeys::kAllowed);
      continue;
    }
    Node embedded = Node::map();
    embedded.set_location(file->config.location());
    Node* at = &embedded;
    for (const std::string& piece : split_path(item.package)) {
      at = &at->set(piece, Node::map());
      at->set_location(file->config.location());
    }
    *at = file->config;
    merge(config, {}, embedded, NewKeys::kAllowed);
  }
  return config;
}

void copy_environment(Node& hydra) {
  const Node* names = hydra.find_path("job.env_copy");
  if (names == nullptr || !names->is_list()) return;
  for (const Node& name : names->as_list()) {
    if (!name.is_string()) continue;
    const char* value = std::getenv(name.as_string().c_str());
    if (value == nullptr) {
      throw ConfigError({.where = name.where("hydra.job.env_copy"), .what = fmt::format("environment variable '{}' is not set", name.as_string())});
    }
    hydra.set_path("job.env_set", hydra.find_path("job.env_set") == nullptr ? Node::map() : *hydra.find_path("job.env_set"))
        .set(name.as_string(), Node(value));
  }
}

void describe_run(Node& hydra, const ComposeRequest& request, const std::vector<Override>& overrides,
                  const std::vector<std::pair<std::string, std::string>>& choices) {
  Node::List own, task;
  for (const Override& override : overrides) {
    const bool is_own = override.key.rfind("hydra.", 0) == 0 || override.key.rfind("hydra/", 0) == 0;
    (is_own ? own : task).push_back(Node(override.text));
  }
  hydra.set_path("overrides.hydra", Node(std::move(own)));
  hydra.set_path("overrides.task", Node(std::move(task)));
  Node made = Node::map();
  for (const auto& [group, option] : choices) made.set(group, option == "null" ? Node() : Node(option));
  hydra.set_path("runtime.choices", std::move(made));
  hydra.set_path("runtime.cwd", Node(std::filesystem::current_path().string()));
  hydra.set_path("job.config_name", request.config_name.empty() ? Node() : Node(request.config_name));
}

Node without_hydra(const Node& config, bool resolve) {
  Node::Map result;
  std::optional<Resolver> resolver;
  if (resolve) resolver.emplace(config);
  for (const auto& [key, child] : config.as_map()) {
    if (key != "hydra") result.emplace_back(key, resolve ? resolver->resolved_child(key) : child);
  }
  Node node(std::move(result));
  node.set_location(config.location());
  return node;
}

}  // namespace

Composition compose(const ComposeRequest& request) {
  ConfigRepository repository(request.config_dir);
  const std::vector<Override> overrides = parse_overrides(request.overrides);
  append_searchpath(repository, request.config_name, overrides);
  const DefaultsList list = make_defaults_list(repository, request.config_name, overrides);
  Node config = merge_configs(repository, list);
  check_hydra_node(*config.find("hydra"), true);
  for (const Override& override : list.config_overrides) {
    if (override.type == Override::Type::kDelete && is_builtin_key(override.key)) {
      throw_override_error(override.text, 1, fmt::format("'{}' can't be deleted", override.key), "", "set it to another value");
    }
    apply_override(override, config);
  }
  Composition result;
  if (Node* hydra = config.find("hydra")) {
    check_hydra_node(*hydra, false);
    copy_environment(*hydra);
    describe_run(*hydra, request, overrides, list.choices);
    result.hydra = *hydra;
  }
  result.config = without_hydra(config, request.resolve);
  for (const auto& choice : list.choices) {
    if (choice.first.rfind("hydra/", 0) != 0) result.choices.push_back(choice);
  }
  return result;
}

}  // namespace twinset
