#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace twinset {

/// `twinset COMMAND [options] [overrides]`, in Hydra's habits.
struct CommandLine {
  std::string command;                              ///< "" if there is none
  std::vector<std::string> overrides;               ///< everything that is no option
  std::optional<std::filesystem::path> config_dir;  ///< --config-path: the folder of configs
  std::optional<std::filesystem::path>
      added_config_dir;  ///< --config-dir: another one, searched after the first
  std::string config_name = "config";
  bool is_multirun = false;
  bool wants_help = false;
  bool wants_hydra_help = false;
  bool wants_version = false;
  std::string show_config;       ///< "", or what --cfg shows: "job", "hydra" or "all"
  bool resolve = false;          ///< with --cfg: resolve interpolations
  std::string package;           ///< with --cfg: only this part, a dotted path
  std::string info;              ///< "", or what --info shows
  std::string shell_completion;  ///< "", or "install=bash", "uninstall=zsh", "query=fish"
  bool is_dry_run = false;       ///< print the jobs of a sweep and end
  bool is_detached = false;      ///< a sweep goes on after this command has ended
  std::optional<std::filesystem::path> resume;  ///< the folder of a sweep to go on with
  std::vector<std::string>
      program;  ///< what stands behind "--": the command line that each job of `sweep` runs
  std::string log_level;  ///< "": what the configuration says
};

/// One option, as parsing, --help and completion know it.
struct CommandOption {
  std::string name;        ///< "--cfg"
  std::string short_name;  ///< "-c", or empty
  std::string value;  ///< "job|hydra|all": its choices, or a word for its value; empty: it has none
  std::string help;
  std::function<void(CommandLine&, const std::string&)> set;
};
const std::vector<CommandOption>& command_options();
/// The choices of an option; empty if any value goes.
std::vector<std::string> option_choices(const CommandOption& option);

/// @throws ConfigError for an unknown option or choice (with the nearest) or an option without its
/// value
CommandLine parse_command_line(const std::vector<std::string>& arguments);

/// Takes `key=value` out of the overrides and returns the value, or nullopt. The last one counts.
std::optional<std::string> take_override(std::vector<std::string>& overrides,
                                         const std::string& key);

/// The value of an argument that counts something. @throws ConfigError at `where`, if it is no
/// whole number of at least `least`
int64_t whole_number(const std::string& where, const std::string& text, int64_t least);

/// The folder of configs: what was asked for, else TWINSET_CONFIGS, else ./configs, else
/// ../share/twinset/configs beside the program. @throws ConfigError naming the places looked at
std::filesystem::path find_config_dir(const std::optional<std::filesystem::path>& wanted);

}  // namespace twinset
