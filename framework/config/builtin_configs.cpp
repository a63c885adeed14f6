#include "framework/config/builtin_configs.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "framework/config/python_text.h"
#include "framework/config/scalar.h"
#include "framework/config/yaml.h"
#include "framework/core/error.h"

namespace twinset {
namespace {

struct BuiltinText {
  const char* path;
  const char* package;  // null: none
  bool is_schema;
  const char* yaml;
};

constexpr BuiltinText kTexts[] = {
    {"hydra/config", nullptr, true, R"(
defaults:
  - output: default
  - launcher: basic
  - sweeper: basic
  - help: default
  - hydra_help: default
  - hydra_logging: default
  - job_logging: default
  - callbacks: null
  - env: default
mode: null
searchpath: []
run: {dir: "???"}
sweep: {dir: "???", subdir: "???"}
hydra_logging: ???
job_logging: ???
sweeper: ???
launcher: ???
callbacks: {}
help: {app_name: "???", header: "???", footer: "???", template: "???"}
hydra_help: {hydra_help: "???", template: "???"}
output_subdir: .hydra
overrides: {hydra: [], task: []}
job:
  name: ???
  chdir: null
  override_dirname: ???
  id: ???
  num: ???
  config_name: ???
  env_set: {}
  env_copy: []
  config: {override_dirname: {kv_sep: "=", item_sep: ",", exclude_keys: []}}
runtime: {version: "???", version_base: "???", cwd: "???", config_sources: "???", output_dir: "???", choices: {}}
verbose: false
)"},
    {"hydra/output/default", "hydra", false, R"(
run: {dir: "outputs/${now:%Y-%m-%d}/${now:%H-%M-%S}"}
sweep: {dir: "multirun/${now:%Y-%m-%d}/${now:%H-%M-%S}", subdir: "${hydra.job.num}"}
)"},
    {"hydra/launcher/basic", nullptr, true, "_target_: twinset.launcher.in_process\n"},
    {"hydra/sweeper/basic", nullptr, true,
     "{_target_: twinset.sweeper.grid, max_batch_size: null, params: null}\n"},
    {"hydra/help/default", nullptr, false, R"(
app_name: ${hydra.job.name}
header: ${hydra.help.app_name}
footer: ""
template: "${hydra.help.header}\n$APP_CONFIG_GROUPS\n$CONFIG\n${hydra.help.footer}"
)"},
    {"hydra/hydra_help/default", nullptr, false,
     "template: \"$FLAGS_HELP\\n$HYDRA_CONFIG_GROUPS\"\n"},
    {"hydra/env/default", "_global_", false, "{}\n"},
    {"hydra/hydra_logging/default", nullptr, false, R"(
version: 1
formatters: {simple: {format: "[%(asctime)s][HYDRA] %(message)s"}}
handlers: {console: {class: console, formatter: simple, stream: stdout}}
root: {level: INFO, handlers: [console]}
loggers: {logging_example: {level: DEBUG}}
disable_existing_loggers: false
)"},
    {"hydra/hydra_logging/hydra_debug", nullptr, false, R"(
version: 1
formatters: {simple: {format: "[%(asctime)s][%(name)s][%(levelname)s] - %(message)s"}}
handlers: {file: {class: file, mode: w, formatter: simple, filename: "hydra-${hydra.job.name}.log", delay: true}}
root: {level: ERROR, handlers: [file]}
loggers: {hydra: {level: DEBUG}}
disable_existing_loggers: false
)"},
    {"hydra/hydra_logging/none", nullptr, false,
     "{version: 1, root: null, disable_existing_loggers: false}\n"},
    {"hydra/hydra_logging/disabled", nullptr, false,
     "{version: 1, root: {level: ERROR}, disable_existing_loggers: true}\n"},
    {"hydra/job_logging/default", nullptr, false, R"(
version: 1
formatters: {simple: {format: "[%(asctime)s][%(name)s][%(levelname)s] - %(message)s"}}
handlers:
  console: {class: console, formatter: simple, stream: stdout}
  file: {class: file, formatter: simple, filename: "${hydra.runtime.output_dir}/${hydra.job.name}.log"}
root: {level: INFO, handlers: [console, file]}
disable_existing_loggers: false
)"},
    {"hydra/job_logging/stdout", nullptr, false, R"(
version: 1
formatters: {simple: {format: "%(message)s"}}
handlers: {console: {class: console, formatter: simple, stream: stdout}}
root: {level: INFO, handlers: [console]}
disable_existing_loggers: false
)"},
    {"hydra/job_logging/none", nullptr, false,
     "{version: 1, root: null, disable_existing_loggers: false}\n"},
    {"hydra/job_logging/disabled", nullptr, false,
     "{version: 1, root: {level: ERROR}, disable_existing_loggers: true}\n"},
    {"_dummy_empty_config_", nullptr, false, "{}\n"},
};

const std::map<std::string, BuiltinConfig>& configs() {
  static const std::map<std::string, BuiltinConfig> kConfigs = [] {
    std::map<std::string, BuiltinConfig> result;
    for (const BuiltinText& text : kTexts) {
      BuiltinConfig config{text.path, std::nullopt,
                           load_yaml(text.yaml, std::string("built-in ") + text.path),
                           text.is_schema};
      if (text.package != nullptr) config.package = text.package;
      result.emplace(text.path, std::move(config));
    }
    return result;
  }();
  return kConfigs;
}

enum class Type {
  kStruct,
  kText,
  kOptionalText,
  kInt,
  kOptionalBool,
  kMode,
  kTextList,
  kMap,
  kTextMap,
  kAny
};

// Every known key below "hydra" with its type.
const std::map<std::string, Type>& schema() {
  static const std::map<std::string, Type> kSchema = {
      {"", Type::kStruct},
      {"mode", Type::kMode},
      {"searchpath", Type::kTextList},
      {"run", Type::kStruct},
      {"run.dir", Type::kText},
      {"sweep", Type::kStruct},
      {"sweep.dir", Type::kText},
      {"sweep.subdir", Type::kText},
      {"hydra_logging", Type::kMap},
      {"job_logging", Type::kMap},
      {"sweeper", Type::kAny},
      {"launcher", Type::kAny},
      {"callbacks", Type::kMap},
      {"help", Type::kStruct},
      {"help.app_name", Type::kText},
      {"help.header", Type::kText},
      {"help.footer", Type::kText},
      {"help.template", Type::kText},
      {"hydra_help", Type::kStruct},
      {"hydra_help.hydra_help", Type::kText},
      {"hydra_help.template", Type::kText},
      {"output_subdir", Type::kOptionalText},
      {"overrides", Type::kStruct},
      {"overrides.hydra", Type::kTextList},
      {"overrides.task", Type::kTextList},
      {"job", Type::kStruct},
      {"job.name", Type::kText},
      {"job.chdir", Type::kOptionalBool},
      {"job.override_dirname", Type::kText},
      {"job.id", Type::kText},
      {"job.num", Type::kInt},
      {"job.config_name", Type::kOptionalText},
      {"job.env_set", Type::kTextMap},
      {"job.env_copy", Type::kTextList},
      {"job.config", Type::kStruct},
      {"job.config.override_dirname", Type::kStruct},
      {"job.config.override_dirname.kv_sep", Type::kText},
      {"job.config.override_dirname.item_sep", Type::kText},
      {"job.config.override_dirname.exclude_keys", Type::kTextList},
      {"runtime", Type::kStruct},
      {"runtime.version", Type::kText},
      {"runtime.version_base", Type::kText},
      {"runtime.cwd", Type::kText},
      {"runtime.config_sources", Type::kAny},
      {"runtime.output_dir", Type::kText},
      {"runtime.choices", Type::kMap},
      {"verbose", Type::kAny},
  };
  return kSchema;
}

[[noreturn]] void wrong(const Node& node, const std::string& path, const char* expected) {
  throw ConfigError({.where = node.where("hydra" + (path.empty() ? "" : "." + path)),
                     .what = "is " + node.describe(),
                     .expected = expected});
}

void as_text(Node& node, const std::string& path) {
  if (node.is_null() || node.is_list() || node.is_map() || node.is_bytes())
    wrong(node, path, "a string");
  if (node.is_string()) return;
  const Location location = node.location();
  node = Node(python_str(node));
  node.set_location(location);
}

void as_bool(Node& node, const std::string& path) {
  if (node.is_null() || node.is_bool()) return;
  const Location location = node.location();
  std::string word = python_str(node);
  std::transform(word.begin(), word.end(), word.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  const auto is_one_of = [&](std::initializer_list<const char*> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
  };
  if (node.is_int())
    node = Node(node.int_text() != "0");
  else if (is_one_of({"true", "yes", "on", "y", "1"}))
    node = Node(true);
  else if (is_one_of({"false", "no", "off", "n", "0"}))
    node = Node(false);
  else
    wrong(node, path, "true, false or null");
  node.set_location(location);
}

void check_mode(const Node& node) {
  if (node.is_null()) return;
  if (node.is_int() && (node.int_text() == "1" || node.int_text() == "2")) return;
  if (node.is_string() &&
      (node.as_string() == "RUN" || node.as_string() == "MULTIRUN" ||
       node.as_string() == "RunMode.RUN" || node.as_string() == "RunMode.MULTIRUN"))
    return;
  wrong(node, "mode", "RUN or MULTIRUN");
}

void check_value(Node& node, const std::string& path, Type type, bool known_keys_only) {
  if (node.is_missing() || (node.is_string() && has_interpolation(node.as_string()))) return;
  switch (type) {
    case Type::kAny:
      return;
    case Type::kMode:
      return check_mode(node);
    case Type::kText:
      return as_text(node, path);
    case Type::kOptionalText:
      return node.is_null() ? void() : as_text(node, path);
    case Type::kOptionalBool:
      return as_bool(node, path);
    case Type::kInt: {
      const std::optional<Node> number =
          node.is_string() ? parse_int(node.as_string()) : std::nullopt;
      if (number) node = *number;
      if (!node.is_int()) wrong(node, path, "an integer");
      return;
    }
    case Type::kTextList:
      if (!node.is_list()) wrong(node, path, "a list of strings");
      for (Node& item : node.as_list()) check_value(item, path, Type::kText, known_keys_only);
      return;
    case Type::kMap:
      if (!node.is_map()) wrong(node, path, "a map");
      return;
    case Type::kTextMap:
      if (!node.is_map()) wrong(node, path, "a map");
      for (auto& [key, child] : node.as_map())
        check_value(child, path + "." + key, Type::kText, known_keys_only);
      return;
    case Type::kStruct:
      if (!node.is_map()) wrong(node, path, "a map");
      for (auto& [key, child] : node.as_map()) {
        const std::string child_path = path.empty() ? key : path + "." + key;
        const auto known = schema().find(child_path);
        if (known != schema().end()) {
          check_value(child, child_path, known->second, known_keys_only);
        } else if (known_keys_only) {
          std::vector<std::string> names;
          for (const auto& [name, unused] : schema()) {
            if (!name.empty() &&
                name.rfind('.') == (path.empty() ? std::string::npos : path.size()) &&
                name.rfind(path, 0) == 0) {
              names.push_back(name.substr(path.empty() ? 0 : path.size() + 1));
            }
          }
          throw_unknown_name(child.where("hydra." + child_path), "key", key, names);
        }
      }
  }
}

}  // namespace

const BuiltinConfig* builtin_config(const std::string& path) {
  const auto found = configs().find(path);
  return found == configs().end() ? nullptr : &found->second;
}

namespace {

const std::set<std::string>& groups() {
  static const std::set<std::string> kGroups = [] {
    std::set<std::string> names;
    for (const BuiltinText& text : kTexts) {
      const std::string name = text.path;
      for (size_t slash = name.find('/'); slash != std::string::npos;
           slash = name.find('/', slash + 1))
        names.insert(name.substr(0, slash));
    }
    return names;
  }();
  return kGroups;
}

}  // namespace

bool is_builtin_group(const std::string& path) { return groups().count(path) > 0; }

std::vector<std::string> builtin_groups() { return {groups().begin(), groups().end()}; }

std::vector<std::string> builtin_options(const std::string& group) {
  std::vector<std::string> names;
  for (const auto& [path, config] : configs()) {
    const size_t slash = path.rfind('/');
    if (slash != std::string::npos && path.substr(0, slash) == group)
      names.push_back(path.substr(slash + 1));
  }
  return names;
}

bool is_builtin_key(const std::string& path) {
  return path == "hydra" || (path.rfind("hydra.", 0) == 0 && schema().count(path.substr(6)) > 0);
}

void check_hydra_node(Node& hydra, bool known_keys_only) {
  check_value(hydra, "", Type::kStruct, known_keys_only);
}

}  // namespace twinset
