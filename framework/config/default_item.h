// An entry of a defaults list in its place: which config it loads, and into which package.
#pragma once

#include <optional>
#include <string>

#include "framework/config/config_source.h"

namespace twinset {

struct DefaultItem : DefaultEntry {
  std::string parent_group;                   ///< the group of the config that holds the entry
  std::string parent_package;                 ///< where that config goes
  std::optional<std::string> package_header;  ///< of the config it loads
  bool is_primary = false;
  bool is_deleted = false;
  bool is_from_command_line = false;  ///< appended by `+group=option`

  /// Sets the place; `_group_` in the package becomes the default package.
  void set_parent(const std::string& group, const std::string& package);
  /// The header is absolute, whatever it starts with.
  void set_header(const std::optional<std::string>& header);

  /// "encoder/image": the group of the config it loads.
  std::string group_path() const;
  /// "encoder/image/vit": the path of the config it loads.
  std::string config_path() const;
  /// The option, or the last part of the path; empty for null.
  std::optional<std::string> option() const;
  /// "encoder.image": where the config goes, "" is the root.
  std::string final_package(bool use_header = true) const;
  /// "db@src" if the package is not the group's own, else the group: what overrides call the entry.
  std::string override_key() const;
  bool is_mandatory() const { return option() == "???"; }
  bool is_interpolation() const;
};

}  // namespace twinset
