#include "framework/config/config_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "framework/config/builtin_configs.h"
#include "framework/config/yaml.h"
#include "framework/core/atomic_file.h"
#include "framework/core/error.h"
#include "framework/core/logging.h"

namespace twinset {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kExtension = ".yaml";

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

std::string file_name(const std::string& path) {
  return ends_with(path, kExtension) ? path : path + std::string(kExtension);
}

std::string without_file_scheme(const std::string& folder) {
  return folder.rfind("file://", 0) == 0 ? folder.substr(7) : folder;
}

// Splits "db@src" into the group and the package.
void split_package(const std::string& text, std::string& path,
                   std::optional<std::string>& package) {
  const size_t at = text.find('@');
  path = text.substr(0, at);
  if (at == std::string::npos) return;
  package = text.substr(at + 1);
  package->erase(std::min(package->find(':'), package->size()));
  if (*package == "_here_") package = "";
}

void take_keywords(DefaultEntry& entry) {
  const size_t last_space = entry.path.rfind(' ');
  if (last_space == std::string::npos) return;
  std::string words = entry.path.substr(0, last_space + 1);
  entry.path.erase(0, last_space + 1);
  while (!words.empty()) {
    const size_t space = words.find(' ');
    const std::string word = words.substr(0, space);
    if (word == "optional")
      entry.is_optional = true;
    else if (word == "override")
      entry.is_override = true;
    else
      break;
    words.erase(0, space + 1);
  }
}

std::unique_ptr<ConfigFile> make_config(Node config, const std::string& path,
                                        std::optional<std::string> package, std::string origin) {
  auto file = std::make_unique<ConfigFile>();
  file->package = std::move(package);
  file->origin = std::move(origin);
  if (const Node* defaults = config.find("defaults")) {
    file->defaults = parse_defaults(*defaults, path);
    config.erase("defaults");
  }
  file->config = std::move(config);
  return file;
}

}  // namespace

std::vector<DefaultEntry> parse_defaults(const Node& list, const std::string& config_path) {
  const auto fail = [&](const Node& node, std::string what, std::string expected) {
    throw ConfigError({.where = node.where(fmt::format("defaults list of '{}'", config_path)),
                       .what = std::move(what),
                       .expected = std::move(expected)});
  };
  if (!list.is_list()) fail(list, "is " + list.describe(), "a list");
  std::vector<DefaultEntry> entries;
  for (const Node& item : list.as_list()) {
    DefaultEntry& entry = entries.emplace_back();
    entry.location = item.location();
    if (item.is_string() || item.is_missing()) {
      split_package(item.is_missing() ? "???" : item.as_string(), entry.path, entry.package);
      if (entry.is_self() && entry.package) fail(item, "_self_ has a package", "_self_ alone");
      continue;
    }
    if (!item.is_map())
      fail(item, "holds " + item.describe(), "'path', 'group: option' or 'group: [options]'");
    if (item.as_map().size() != 1)
      fail(item, fmt::format("an entry has {} keys", item.as_map().size()),
           "one 'group: option' an entry");
    const auto& [key, value] = item.as_map().front();
    entry.is_group = true;
    split_package(key, entry.path, entry.package);
    take_keywords(entry);
    if (entry.path.empty() || !map_key_value(key).is_string())
      fail(item, "an entry has no group", "'group: option'");
    if (value.is_null()) {
      entry.choice = DefaultEntry::Choice::kNull;
    } else if (value.is_string() || value.is_missing()) {
      entry.name = value.is_missing() ? "???" : value.as_string();
    } else if (value.is_list()) {
      entry.choice = DefaultEntry::Choice::kList;
      for (const Node& option : value.as_list()) {
        if (!option.is_string() && !option.is_missing())
          fail(option, fmt::format("option of '{}' is {}", key, option.describe()), "a string");
        entry.options.push_back(option.is_missing() ? "???" : option.as_string());
      }
    } else {
      fail(value, fmt::format("option of '{}' is {}", key, value.describe()),
           "a string, a list of strings or null");
    }
  }
  return entries;
}

std::optional<std::string> package_header(std::string_view text, const std::string& name) {
  std::optional<std::string> package;
  int line_number = 0;
  while (!text.empty()) {
    const size_t stop = std::min(text.find_first_of("\r\n"), text.size());
    std::string_view line = text.substr(0, stop);
    text.remove_prefix(std::min(stop + 1, text.size()));
    ++line_number;
    const auto trim = [&] {
      while (!line.empty() && (line.front() == ' ' || line.front() == '\t')) line.remove_prefix(1);
      while (!line.empty() && (line.back() == ' ' || line.back() == '\t')) line.remove_suffix(1);
    };
    trim();
    if (line.empty()) continue;
    if (line.front() != '#') break;
    line.remove_prefix(1);
    trim();
    if (line.empty() || line.front() != '@') break;
    const size_t space = line.find(' ');
    const std::string_view key = line.substr(0, space);
    const std::string_view rest =
        space == std::string_view::npos ? "" : line.substr(line.find_first_not_of(' ', space));
    if (rest.empty() || rest.find(' ') != std::string_view::npos) {
      throw ConfigError({.where = fmt::format("{}:{}", name, line_number),
                         .what = fmt::format("header '{}'", line),
                         .expected = "'# @package NAME'"});
    }
    if (key == "@package") package = std::string(rest);
  }
  return package;
}

ConfigRepository::ConfigRepository(const fs::path& config_dir) {
  if (!fs::is_directory(config_dir)) {
    throw ConfigError({.where = config_dir.string(),
                       .what = "is no folder",
                       .expected = "a folder with configurations"});
  }
  folders_.push_back(config_dir);
}

void ConfigRepository::append_folder(const std::string& folder) {
  const std::string path = without_file_scheme(folder);
  if (!fs::is_directory(path)) {
    log_warning("hydra.searchpath: '{}' is no folder", folder);
    return;
  }
  std::erase_if(loaded_, [](const auto& entry) { return entry.second == nullptr; });
  folders_.emplace_back(path);
}

void ConfigRepository::keep_folders(size_t count) {
  if (folders_.size() <= count) return;
  folders_.resize(count);
  loaded_.clear();
}

fs::path ConfigRepository::find_file(const std::string& path) const {
  for (const fs::path& folder : folders_) {
    fs::path file = folder / file_name(path);
    if (fs::is_regular_file(file)) return file;
  }
  return {};
}

bool ConfigRepository::has_config(const std::string& path) const {
  return builtin_config(path) != nullptr || !find_file(path).empty();
}

bool ConfigRepository::has_group(const std::string& path) const {
  if (is_builtin_group(path)) return true;
  return std::any_of(folders_.begin(), folders_.end(),
                     [&](const fs::path& folder) { return fs::is_directory(folder / path); });
}

const ConfigFile* ConfigRepository::load(const std::string& path) {
  const auto found = loaded_.find(path);
  if (found != loaded_.end()) return found->second.get();
  std::unique_ptr<ConfigFile>& slot = loaded_[path];
  if (const BuiltinConfig* builtin = builtin_config(path)) {
    if (builtin->is_schema && !find_file(path).empty()) {
      throw ConfigError({.where = find_file(path).string(),
                         .what = fmt::format("'{}' is built in", path),
                         .todo = "rename the file"});
    }
    slot = make_config(builtin->config, path, builtin->package, "built-in");
  } else if (const fs::path file = find_file(path); !file.empty()) {
    const std::string text = read_file(file);
    slot = make_config(load_yaml(text, file.string()), path, package_header(text, file.string()),
                       file.string());
  }
  return slot.get();
}

std::vector<std::string> ConfigRepository::options(const std::string& group) const {
  std::set<std::string> names;
  for (const std::string& name : builtin_options(group)) names.insert(name);
  for (const fs::path& folder : folders_) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder / group, error)) {
      if (entry.is_regular_file() && entry.path().extension() == kExtension)
        names.insert(entry.path().stem().string());
    }
  }
  return {names.begin(), names.end()};
}

std::vector<std::string> ConfigRepository::groups(const std::string& parent) const {
  std::set<std::string> names;
  for (const fs::path& folder : folders_) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder / parent, error)) {
      if (entry.is_directory()) names.insert(entry.path().filename().string());
    }
  }
  return {names.begin(), names.end()};
}

std::vector<std::string> list_groups(const fs::path& config_dir) {
  const ConfigRepository repository(config_dir);
  std::vector<std::string> all;
  std::vector<std::string> open = {""};
  while (!open.empty()) {
    const std::string parent = open.back();
    open.pop_back();
    for (const std::string& name : repository.groups(parent)) {
      const std::string group = parent.empty() ? name : parent + "/" + name;
      open.push_back(group);
      if (!repository.options(group).empty()) all.push_back(group);
    }
  }
  std::sort(all.begin(), all.end());
  return all;
}

std::vector<std::string> list_options(const fs::path& config_dir, const std::string& group) {
  return ConfigRepository(config_dir).options(group);
}

}  // namespace twinset
