#include "experiments/twinset/command_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "framework/core/error.h"

namespace twinset {
namespace {

// A pipeline has its own primary config, and stage=topics,feeds is a list of stages where a sweep
// would have choices.
void complete_pipeline_line(CommandLine& line, bool names_config) {
  if (!names_config) line.config_name = "pinlanding";
  for (std::string& text : line.overrides) {
    const bool is_list = text.rfind("stage=", 0) == 0 && text.find(',') != std::string::npos &&
                         text.find_first_of("[('\"") == std::string::npos;
    if (is_list) text = "stage=[" + text.substr(6) + "]";
  }
}

}  // namespace

const std::vector<CommandOption>& command_options() {
  static const std::vector<CommandOption> kOptions = {
      {"--help", "-h", "",
       "this page; `twinset train --help` lists groups, choices and every option",
       [](CommandLine& line, const std::string&) { line.wants_help = true; }},
      {"--hydra-help", "", "", "the settings of the run itself: folders, logging, sweeps",
       [](CommandLine& line, const std::string&) { line.wants_hydra_help = true; }},
      {"--version", "", "", "version, commit and compiler",
       [](CommandLine& line, const std::string&) { line.wants_version = true; }},
      {"--cfg", "-c", "job|hydra|all", "print the composed config and end",
       [](CommandLine& line, const std::string& value) { line.show_config = value; }},
      {"--resolve", "", "", "with --cfg: resolve interpolations",
       [](CommandLine& line, const std::string&) { line.resolve = true; }},
      {"--package", "-p", "PACKAGE", "with --cfg: only this part, such as trainer or hydra.job",
       [](CommandLine& line, const std::string& value) { line.package = value; }},
      {"--info", "-i", "all|config|defaults|defaults-tree|plugins|searchpath",
       "where the config comes from",
       [](CommandLine& line, const std::string& value) { line.info = value; }},
      {"--run", "-r", "", "one run, although hydra.mode says MULTIRUN",
       [](CommandLine& line, const std::string&) { line.is_multirun = false; }},
      {"--multirun", "-m", "", "expand commas, choice(), range(), glob() into jobs",
       [](CommandLine& line, const std::string&) { line.is_multirun = true; }},
      {"--resume", "", "FOLDER",
       "go on with a sweep, from its manifest; launcher.* and sweep.* may change",
       [](CommandLine& line, const std::string& value) { line.resume = value; }},
      {"--detach", "", "", "with -m or --resume: the sweep goes on when this terminal closes",
       [](CommandLine& line, const std::string&) { line.is_detached = true; }},
      {"--dry-run", "", "", "with -m: print the jobs and end",
       [](CommandLine& line, const std::string&) { line.is_dry_run = true; }},
      {"--config-path", "-cp", "FOLDER",
       "folder of configs (default: TWINSET_CONFIGS, ./configs, or the installed ones)",
       [](CommandLine& line, const std::string& value) { line.config_dir = value; }},
      {"--config-name", "-cn", "NAME", "primary config (default: config)",
       [](CommandLine& line, const std::string& value) { line.config_name = value; }},
      {"--config-dir", "-cd", "FOLDER", "another folder of configs, searched after the first",
       [](CommandLine& line, const std::string& value) { line.added_config_dir = value; }},
      {"--shell-completion", "-sc", "install=SHELL|uninstall=SHELL|query=SHELL",
       "tab completion in bash, zsh or fish",
       [](CommandLine& line, const std::string& value) { line.shell_completion = value; }},
      {"--log-level", "", "debug|info|warning|error",
       "of this program's own messages (default: hydra.job_logging.root.level)",
       [](CommandLine& line, const std::string& value) { line.log_level = value; }},
  };
  return kOptions;
}

std::vector<std::string> option_choices(const CommandOption& option) {
  std::vector<std::string> choices;
  if (option.value.find('|') == std::string::npos) return choices;
  for (size_t begin = 0; begin <= option.value.size();) {
    const size_t end = std::min(option.value.find('|', begin), option.value.size());
    const std::string choice = option.value.substr(begin, end - begin);
    const size_t shell = choice.find("SHELL");
    if (shell == std::string::npos)
      choices.push_back(choice);
    else
      for (const char* name : {"bash", "zsh", "fish"})
        choices.push_back(choice.substr(0, shell) + name);
    begin = end + 1;
  }
  return choices;
}

CommandLine parse_command_line(const std::vector<std::string>& arguments) {
  CommandLine line;
  bool names_config = false;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (argument == "--") {
      line.program.assign(arguments.begin() + static_cast<std::ptrdiff_t>(i) + 1, arguments.end());
      break;
    }
    if (argument.size() < 2 || argument[0] != '-') {
      if (line.command.empty() && argument.find('=') == std::string::npos)
        line.command = argument;
      else
        line.overrides.push_back(argument);
      continue;
    }
    const size_t equals = argument.rfind("--", 0) == 0 ? argument.find('=') : std::string::npos;
    const std::string name = argument.substr(0, equals);
    const auto& options = command_options();
    const auto option = std::find_if(options.begin(), options.end(), [&](const CommandOption& o) {
      return o.name == name || (!o.short_name.empty() && o.short_name == name);
    });
    if (option == options.end()) {
      std::vector<std::string> names;
      for (const CommandOption& known : options) names.push_back(known.name);
      throw_unknown_name("", "option", name, names);
    }
    const std::vector<std::string> choices = option_choices(*option);
    std::string value;
    if (option->value.empty()) {
      if (equals != std::string::npos) throw ConfigError({.where = name, .what = "takes no value"});
    } else if (equals != std::string::npos) {
      value = argument.substr(equals + 1);
    } else if (option->name == "--info" &&
               (i + 1 == arguments.size() ||
                std::find(choices.begin(), choices.end(), arguments[i + 1]) == choices.end())) {
      value = "all";
    } else if (i + 1 < arguments.size()) {
      value = arguments[++i];
    } else {
      throw ConfigError({.where = argument,
                         .what = "has no value",
                         .expected = choices.empty()
                                         ? "one behind it"
                                         : fmt::format("one of: {}", fmt::join(choices, ", "))});
    }
    if (!choices.empty() && std::find(choices.begin(), choices.end(), value) == choices.end())
      throw_unknown_name(option->name, "choice", value, choices);
    option->set(line, value);
    names_config = names_config || option->name == "--config-name";
  }
  if (line.command == "pinlanding") complete_pipeline_line(line, names_config);
  return line;
}

std::optional<std::string> take_override(std::vector<std::string>& overrides,
                                         const std::string& key) {
  std::optional<std::string> value;
  std::erase_if(overrides, [&](const std::string& text) {
    if (text.rfind(key + "=", 0) != 0) return false;
    value = text.substr(key.size() + 1);
    return true;
  });
  return value;
}

int64_t whole_number(const std::string& where, const std::string& text, int64_t least) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size() && value >= least) return value;
  throw ConfigError({.where = where,
                     .what = fmt::format("is '{}'", text),
                     .expected = fmt::format("a whole number of at least {}", least)});
}

std::filesystem::path find_config_dir(const std::optional<std::filesystem::path>& wanted) {
  if (wanted) {
    if (std::filesystem::is_directory(*wanted)) return *wanted;
    throw ConfigError(
        {.where = "--config-path", .what = fmt::format("'{}' is no folder", wanted->string())});
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
  throw ConfigError({.what = "no folder of configs",
                     .expected = "a config.yaml in one of: " + looked,
                     .todo = "run in the checkout, or name the folder with --config-path"});
}

}  // namespace twinset
