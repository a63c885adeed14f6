#include "experiments/twinset/command_line.h"

#include <fmt/format.h>

#include <cstdlib>

#include "framework/core/error.h"

namespace twinset {

CommandLine parse_command_line(const std::vector<std::string>& arguments) {
  static const std::vector<std::string> kOptions = {"--help", "--multirun", "--config-dir", "--config-name", "--cfg",
                                                    "--resolve", "--dry-run", "--log-level", "--detach", "--resume"};
  CommandLine line;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    const auto value = [&]() -> const std::string& {
      if (i + 1 < arguments.size()) return arguments[++i];
      throw ConfigError({.where = argument, .what = "has no value", .expected = "one behind it"});
    };
    if (argument == "--help" || argument == "-h") {
      line.wants_help = true;
    } else if (argument == "--multirun" || argument == "-m") {
      line.is_multirun = true;
    } else if (argument == "--config-dir" || argument == "-cd") {
      line.config_dir = value();
    } else if (argument == "--config-name" || argument == "-cn") {
      line.config_name = value();
    } else if (argument == "--cfg" || argument == "-c") {
      line.show_config = value();
      if (line.show_config != "job") throw_unknown_name("--cfg", "choice", line.show_config, {"job"});
    } else if (argument == "--resolve") {
      line.resolve = true;
    } else if (argument == "--dry-run") {
      line.is_dry_run = true;
    } else if (argument == "--detach") {
      line.is_detached = true;
    } else if (argument == "--resume") {
      line.resume = value();
    } else if (argument == "--") {
      line.program.assign(arguments.begin() + static_cast<std::ptrdiff_t>(i) + 1, arguments.end());
      break;
    } else if (argument == "--log-level") {
      line.log_level = value();
    } else if (argument.rfind("-", 0) == 0) {
      throw_unknown_name("", "option", argument, kOptions);
    } else if (line.command.empty() && argument.find('=') == std::string::npos) {
      line.command = argument;
    } else {
      line.overrides.push_back(argument);
    }
  }
  return line;
}

std::optional<std::string> take_override(std::vector<std::string>& overrides, const std::string& key) {
  std::optional<std::string> value;
  std::erase_if(overrides, [&](const std::string& text) {
    if (text.rfind(key + "=", 0) != 0) return false;
    value = text.substr(key.size() + 1);
    return true;
  });
  return value;
}

std::filesystem::path find_config_dir(const std::optional<std::filesystem::path>& wanted) {
  if (wanted) {
    if (std::filesystem::is_directory(*wanted)) return *wanted;
    throw ConfigError({.where = "--config-dir", .what = fmt::format("'{}' is no folder", wanted->string())});
  }
  std::vector<std::filesystem::path> places;
  if (const char* named = std::getenv("TWINSET_CONFIGS")) places.emplace_back(named);
  places.emplace_back("configs");
  std::error_code error;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  if (!error) places.push_back(program.parent_path().parent_path() / "share/twinset/configs");
  for (const auto& place : places) {
    if (std::filesystem::is_regular_file(place / "config.yaml")) return place;
  }
  std::string looked;
  for (const auto& place : places) looked += (looked.empty() ? "" : ", ") + place.string();
  throw ConfigError({.what = "no folder of configs", .expected = "a config.yaml in one of: " + looked,
                     .todo = "run in the checkout, or name the folder with --config-dir"});
}

}  // namespace twinset
