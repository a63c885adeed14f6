#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace twinset {

/// `twinset COMMAND [options] [overrides]`, in Hydra's habits.
struct CommandLine {
  std::string command;                 ///< "" if there is none
  std::vector<std::string> overrides;  ///< everything that is no option
  std::optional<std::filesystem::path> config_dir;
  std::string config_name = "config";
  bool is_multirun = false;
  bool wants_help = false;
  std::string show_config;             ///< "", or "job" for --cfg job
  bool resolve = false;                ///< with --cfg: resolve interpolations
  bool is_dry_run = false;             ///< print the jobs of a sweep and end
  bool is_detached = false;            ///< a sweep goes on after this command has ended
  std::optional<std::filesystem::path> resume;  ///< the folder of a sweep to go on with
  std::vector<std::string> program;    ///< what stands behind "--": the command line that each job of `sweep` runs
  std::string log_level = "info";
};

/// @throws ConfigError for an unknown option (with the nearest) or one without its value
CommandLine parse_command_line(const std::vector<std::string>& arguments);

/// Takes `key=value` out of the overrides and returns the value, or nullopt. The last one counts.
std::optional<std::string> take_override(std::vector<std::string>& overrides, const std::string& key);

/// The folder of configs: what was asked for, else TWINSET_CONFIGS, else ./configs, else ../share/twinset/configs beside
/// the program. @throws ConfigError naming the places looked at
std::filesystem::path find_config_dir(const std::optional<std::filesystem::path>& wanted);

}  // namespace twinset
