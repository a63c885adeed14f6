// Where configurations come from: a search path of folders with YAML files, and the settings of a
// run itself (group "hydra"), which are built in.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "framework/core/node.h"

namespace twinset {

/// An entry of a defaults list as written, such as `- override /db@src: mysql`.
struct DefaultEntry {
  bool is_group = false;  ///< "group: option" rather than a lone path
  std::string path;       ///< the group, or the path of a config; "/" in front makes it absolute
  std::optional<std::string> package;
  enum class Choice { kNull, kName, kList } choice = Choice::kName;
  std::string name;                  ///< the option; "???" if it is mandatory
  std::vector<std::string> options;  ///< of kList
  bool is_optional = false;
  bool is_override = false;
  Location location;

  bool is_self() const {
    return is_group ? choice == Choice::kName && name == "_self_" : path == "_self_";
  }
};

/// One configuration file, loaded.
struct ConfigFile {
  Node config;                         ///< without its defaults list
  std::optional<std::string> package;  ///< from the header `# @package a.b`
  std::vector<DefaultEntry> defaults;
  std::string origin;  ///< the file's path, or "built-in"
};

/// Finds and loads configurations by path ("db/mysql"), each file once.
class ConfigRepository {
 public:
  /// @throws ConfigError if there is no such folder
  explicit ConfigRepository(const std::filesystem::path& config_dir);

  /// Appends a folder; "file://" in front is allowed. A folder that does not exist gives a warning.
  void append_folder(const std::string& folder);

  /// Drops the folders behind the first `count`, and what was loaded through them.
  void keep_folders(size_t count);

  /// Null if there is no such configuration. @throws ConfigError for broken files, headers and
  /// defaults lists
  const ConfigFile* load(const std::string& path);
  bool has_config(const std::string& path) const;
  bool has_group(const std::string& path) const;
  /// The options of a group, sorted.
  std::vector<std::string> options(const std::string& group) const;
  /// The groups right below a group ("" for the top), sorted.
  std::vector<std::string> groups(const std::string& parent) const;
  const std::vector<std::filesystem::path>& folders() const { return folders_; }

 private:
  std::filesystem::path find_file(const std::string& path) const;

  std::vector<std::filesystem::path> folders_;
  std::map<std::string, std::unique_ptr<ConfigFile>> loaded_;
};

/// All groups of a configuration folder, nested ones as "encoder/image".
std::vector<std::string> list_groups(const std::filesystem::path& config_dir);

/// The options of one group of a configuration folder; empty if there is no such group.
std::vector<std::string> list_options(const std::filesystem::path& config_dir,
                                      const std::string& group);

/// The value of `# @package` in the first lines of a file. @throws ConfigError with name:line for a
/// malformed header
std::optional<std::string> package_header(std::string_view text, const std::string& name);

/// A defaults list's entries. @throws ConfigError with file:line
std::vector<DefaultEntry> parse_defaults(const Node& list, const std::string& config_path);

}  // namespace twinset
