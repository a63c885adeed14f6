// A run's configuration: YAML files chosen by a defaults list, changed by overrides, interpolations
// resolved. The language is Hydra 1.3's, with OmegaConf 2.3's typing and interpolation.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "framework/config/config_source.h"
#include "framework/core/node.h"

namespace twinset {

struct ComposeRequest {
  std::filesystem::path config_dir;
  std::string config_name;  ///< of the primary config; empty: none, only overrides
  std::vector<std::string> overrides;
  bool resolve = true;  ///< false keeps interpolations as text
};

/// What the program knows of a run, and configurations may ask for: hydra.job.*, hydra.runtime.*,
/// hydra.mode.
struct RunFacts {
  std::string job_name = "twinset";  ///< hydra.job.name, unless a configuration names the job
  std::string version;               ///< of the program
  bool is_multirun = false;
  std::optional<int64_t> job_num;         ///< within its sweep
  std::optional<std::string> output_dir;  ///< absolute; unknown before the folder is made
};

struct Composition {
  Node config;  ///< every value knows its file and line, or its override
  std::vector<std::pair<std::string, std::string>>
      choices;  ///< group and option, in the order of choosing
  Node hydra;   ///< settings of the run itself, unresolved
  Node tree;    ///< config with `hydra`, unresolved
};

/// Composes configurations from one folder; its files are read once. Not for several threads at a
/// time.
class Composer {
 public:
  /// @throws ConfigError if there is no such folder
  explicit Composer(std::filesystem::path config_dir);

  /// Composes the configuration.
  ///
  /// @throws ConfigError with file:line, or with the override and a caret below the offending
  /// column; names the nearest valid
  ///         key or option and lists the options
  Composition compose(const std::string& config_name, const std::vector<std::string>& overrides,
                      bool resolve = true, const RunFacts& facts = {});

  ConfigRepository& repository() { return repository_; }

 private:
  ConfigRepository repository_;
};

/// Composes one configuration.
Composition compose(const ComposeRequest& request);

/// The value at a dotted path of a composition's tree, resolved; null if it is missing or there is
/// none.
Node resolved_setting(const Node& tree, const std::string& path);

}  // namespace twinset
