// The defaults list of a composition: which configs are merged, in which order, into which
// packages. Nested lists are walked depth first; overrides, from files or the command line, change
// the options on the way.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "framework/config/config_source.h"
#include "framework/config/override.h"

namespace twinset {

/// A config to merge.
struct ResultDefault {
  std::string config_path;
  std::string package;  ///< "" is the root
  bool is_primary = false;
  bool is_self = false;
  std::string override_key;  ///< empty unless it was chosen from a group
  std::string parent;        ///< the config whose defaults list brought it in
};

struct DefaultsList {
  std::vector<ResultDefault> configs;
  std::vector<Override> config_overrides;  ///< those that do not choose from a group
  std::vector<std::pair<std::string, std::string>>
      choices;  ///< group (or group@package) and option, "null" for none
};

/// An entry of a defaults list and what its own list brought in.
struct DefaultsTree {
  std::string label;  ///< "group: option", a path or "_self_"
  std::vector<DefaultsTree> children;
};

/// What `make_defaults_list` walks, from the root that holds the run's own configuration and the
/// primary one.
DefaultsTree make_defaults_tree(ConfigRepository& repository, const std::string& config_name,
                                const std::vector<Override>& overrides);

/// @param config_name  empty: no primary config
/// @throws ConfigError: unknown config or option (with the options), an override that matches
/// nothing, a mandatory choice
///         that was not made, two different options for one group, a broken interpolation of
///           choices
DefaultsList make_defaults_list(ConfigRepository& repository, const std::string& config_name,
                                const std::vector<Override>& overrides);

}  // namespace twinset
