// The settings of a run itself, group "hydra": output folders, job, logging. They have a fixed set
// of keys and types.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "framework/core/node.h"

namespace twinset {

struct BuiltinConfig {
  std::string path;  ///< "hydra/output/default"
  std::optional<std::string> package;
  Node config;
  bool is_schema = false;  ///< a file of the same path is an error
};

/// Null if nothing is built in under this path.
const BuiltinConfig* builtin_config(const std::string& path);
bool is_builtin_group(const std::string& path);
/// Every group that has built-in options, sorted.
std::vector<std::string> builtin_groups();
std::vector<std::string> builtin_options(const std::string& group);

/// True for a key of the fixed set, such as "hydra.run.dir".
bool is_builtin_key(const std::string& path);

/// Checks the keys and types of the node "hydra"; values are converted as far as their type allows
/// ("true" to true).
///
/// @param known_keys_only  an unknown key is an error (not so after `+hydra.job.foo=1`)
/// @throws ConfigError with the place of the value
void check_hydra_node(Node& hydra, bool known_keys_only);

}  // namespace twinset
