#include "framework/config/compose.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "framework/config/apply_override.h"
#include "framework/config/builtin_configs.h"
#include "framework/config/defaults_list.h"
#include "framework/config/interpolation.h"
#include "framework/config/interpolation_parser.h"
#include "framework/config/merge.h"
#include "framework/config/override.h"
#include "framework/config/python_text.h"
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
    throw_override_error(text, override.value_column, "a sweep in a single run", "",
                         "use --multirun");
  }
  return overrides;
}

// hydra.searchpath, from the command line or else from the primary config, appends folders.
void append_searchpath(ConfigRepository& repository, const std::string& config_name,
                       const std::vector<Override>& overrides) {
  Node searchpath;
  std::string where = "hydra.searchpath";
  if (!config_name.empty()) {
    if (const ConfigFile* primary = repository.load(config_name)) {
      if (!primary->config.is_map())
        throw ConfigError({.where = primary->origin,
                           .what = "the primary config is " + primary->config.describe(),
                           .expected = "a map"});
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
  if (!searchpath.is_list())
    throw ConfigError(
        {.where = where, .what = "is " + searchpath.describe(), .expected = "a list of folders"});
  for (const Node& folder : searchpath.as_list()) {
    if (!folder.is_string())
      throw ConfigError(
          {.where = where, .what = "holds " + folder.describe(), .expected = "a folder"});
    repository.append_folder(folder.as_string());
  }
}

// Takes back what hydra.searchpath of one composition appended, with the files found through it.
class RestoreFolders {
 public:
  explicit RestoreFolders(ConfigRepository& repository)
      : repository_(repository), size_(repository.folders().size()) {}
  ~RestoreFolders() { repository_.keep_folders(size_); }
  RestoreFolders(const RestoreFolders&) = delete;

 private:
  ConfigRepository& repository_;
  size_t size_;
};

Node merge_configs(ConfigRepository& repository, const DefaultsList& list) {
  Node config = Node::map();
  for (const ResultDefault& item : list.configs) {
    const ConfigFile* file = repository.load(item.config_path);
    if (!item.is_primary && item.config_path != "hydra/config") {
      const std::string below = item.package == "hydra" ? "searchpath"
                                : item.package.empty()  ? "hydra.searchpath"
                                                        : "";
      const Node* searchpath = below.empty() ? nullptr : file->config.find_path(below);
      if (searchpath != nullptr && !searchpath->is_null()) {
        throw ConfigError({.where = searchpath->where("hydra.searchpath"),
                           .what = "is set in '" + item.config_path + "'",
                           .expected = "it in the primary config only"});
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
      throw ConfigError(
          {.where = name.where("hydra.job.env_copy"),
           .what = fmt::format("environment variable '{}' is not set", name.as_string())});
    }
    hydra
        .set_path("job.env_set", hydra.find_path("job.env_set") == nullptr
                                     ? Node::map()
                                     : *hydra.find_path("job.env_set"))
        .set(name.as_string(), Node(value));
  }
}

// "a=1,b=2": the task's overrides as a part of a folder's name.
std::string override_dirname(const Node& hydra, const std::vector<std::string>& task) {
  const auto text = [&](const char* key, const char* otherwise) {
    const Node* node = hydra.find_path(std::string("job.config.override_dirname.") + key);
    return node != nullptr && node->is_string() ? node->as_string() : std::string(otherwise);
  };
  std::vector<std::string> excluded;
  if (const Node* keys = hydra.find_path("job.config.override_dirname.exclude_keys");
      keys != nullptr && keys->is_list()) {
    for (const Node& key : keys->as_list()) excluded.push_back(python_str(key));
  }
  std::vector<std::string> parts;
  for (const std::string& line : task) {
    const size_t equals = std::min(line.find('='), line.size());
    if (std::find(excluded.begin(), excluded.end(), line.substr(0, equals)) != excluded.end())
      continue;
    parts.push_back(line.substr(0, equals) +
                    (equals < line.size() ? text("kv_sep", "=") + line.substr(equals + 1) : ""));
  }
  std::sort(parts.begin(), parts.end());
  return fmt::format("{}", fmt::join(parts, text("item_sep", ",")));
}

void set_if_missing(Node& hydra, const char* path, Node value) {
  const Node* old = hydra.find_path(path);
  if (old == nullptr || old->is_missing() || old->is_null()) hydra.set_path(path, std::move(value));
}

void describe_run(Node& hydra, const std::string& config_name,
                  const std::vector<Override>& overrides,
                  const std::vector<std::pair<std::string, std::string>>& choices,
                  const ConfigRepository& repository, const RunFacts& facts) {
  Node::List own, task;
  std::vector<std::string> task_texts;
  for (const Override& override : overrides) {
    const bool is_own =
        override.key.rfind("hydra.", 0) == 0 || override.key.rfind("hydra/", 0) == 0;
    (is_own ? own : task).push_back(Node(override.text));
    if (!is_own) task_texts.push_back(override.text);
  }
  hydra.set_path("overrides.hydra", Node(std::move(own)));
  hydra.set_path("overrides.task", Node(std::move(task)));
  set_if_missing(hydra, "job.override_dirname", Node(override_dirname(hydra, task_texts)));
  set_if_missing(hydra, "job.name", Node(facts.job_name));
  set_if_missing(hydra, "mode", Node(facts.is_multirun ? "MULTIRUN" : "RUN"));
  if (facts.job_num) {
    set_if_missing(hydra, "job.num", Node(*facts.job_num));
    set_if_missing(hydra, "job.id", Node(std::to_string(*facts.job_num)));
  }
  set_if_missing(hydra, "job.config_name", config_name.empty() ? Node() : Node(config_name));
  Node made = Node::map();
  for (const auto& [group, option] : choices)
    made.set(group, option == "null" ? Node() : Node(option));
  hydra.set_path("runtime.choices", std::move(made));
  hydra.set_path("runtime.version", Node(facts.version));
  hydra.set_path("runtime.version_base", Node("1.3"));
  hydra.set_path("runtime.cwd", Node(std::filesystem::current_path().string()));
  if (facts.output_dir) hydra.set_path("runtime.output_dir", Node(*facts.output_dir));
  Node::List sources;
  for (const auto& folder : repository.folders()) {
    Node source = Node::map();
    source.set("path", Node(std::filesystem::absolute(folder).lexically_normal().string()));
    source.set("schema", Node("file"));
    source.set("provider", Node(sources.empty() ? "main" : "hydra.searchpath"));
    sources.push_back(std::move(source));
  }
  hydra.set_path("runtime.config_sources", Node(std::move(sources)));
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

Composer::Composer(std::filesystem::path config_dir) : repository_(std::move(config_dir)) {}

Composition Composer::compose(const std::string& config_name,
                              const std::vector<std::string>& override_texts, bool resolve,
                              const RunFacts& facts) {
  const std::vector<Override> overrides = parse_overrides(override_texts);
  const RestoreFolders restore(repository_);
  append_searchpath(repository_, config_name, overrides);
  const DefaultsList list = make_defaults_list(repository_, config_name, overrides);
  Composition result;
  result.tree = merge_configs(repository_, list);
  check_hydra_node(*result.tree.find("hydra"), true);
  for (const Override& override : list.config_overrides) {
    if (override.type == Override::Type::kDelete && is_builtin_key(override.key)) {
      throw_override_error(override.text, 1, fmt::format("'{}' can't be deleted", override.key), "",
                           "set it to another value");
    }
    apply_override(override, result.tree);
  }
  if (Node* hydra = result.tree.find("hydra")) {
    check_hydra_node(*hydra, false);
    copy_environment(*hydra);
    describe_run(*hydra, config_name, overrides, list.choices, repository_, facts);
    result.hydra = *hydra;
  }
  result.config = without_hydra(result.tree, resolve);
  for (const auto& choice : list.choices) {
    if (choice.first.rfind("hydra/", 0) != 0) result.choices.push_back(choice);
  }
  return result;
}

Composition compose(const ComposeRequest& request) {
  return Composer(request.config_dir)
      .compose(request.config_name, request.overrides, request.resolve);
}

Node resolved_setting(const Node& tree, const std::string& path) {
  Resolver resolver(tree);
  if (const std::optional<Node> node = resolver.peek(path); !node) return Node();
  return resolver.select(path).value_or(Node());
}

}  // namespace twinset
