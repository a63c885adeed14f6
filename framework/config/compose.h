// A run's configuration: YAML files chosen by a defaults list, changed by overrides, interpolations resolved.
// The language is Hydra 1.3's, with OmegaConf 2.3's typing and interpolation.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "framework/config/config_source.h"
#include "framework/core/node.h"

namespace twinset {

struct ComposeRequest {
  std::filesystem::path config_dir;
  std::string config_name;             ///< of the primary config; empty: none, only overrides
  std::vector<std::string> overrides;
  bool resolve = true;                 ///< false keeps interpolations as text
};

struct Composition {
  Node config;                                               ///< every value knows its file and line, or its override
  std::vector<std::pair<std::string, std::string>> choices;  ///< group and option, in the order of choosing
  Node hydra;                                                ///< settings of the run itself, unresolved
};

/// Composes the configuration.
///
/// @throws ConfigError with file:line, or with the override and a caret below the offending column; names the nearest valid
///         key or option and lists the options
Composition compose(const ComposeRequest& request);

}  // namespace twinset
