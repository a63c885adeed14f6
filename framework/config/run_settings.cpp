#include "framework/config/run_settings.h"

#include <fmt/format.h>

#include <algorithm>

#include "framework/config/python_text.h"
#include "framework/core/error.h"

namespace twinset {
namespace {

std::string text_setting(const Node& tree, const std::string& path) {
  const Node value = resolved_setting(tree, path);
  if (!value.is_null() && !value.is_map() && !value.is_list()) return python_str(value);
  const Node* written = tree.find_path(path);
  throw ConfigError({.where = written != nullptr ? written->where(path) : path,
                     .what = value.is_null() ? "has no value" : "is " + value.describe(),
                     .expected = "a string"});
}

// The root logger's level, in the program's words.
std::string log_level(const Node& tree) {
  const Node verbose = resolved_setting(tree, "hydra.verbose");
  if ((verbose.is_bool() && verbose.as_bool()) || verbose.is_string() || verbose.is_list())
    return "debug";
  const Node level = resolved_setting(tree, "hydra.job_logging.root.level");
  if (!level.is_string()) return "info";
  std::string name = level.as_string();
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (name == "warn") name = "warning";
  if (name == "critical" || name == "fatal") name = "error";
  if (name == "notset") name = "debug";
  static const std::vector<std::string> kLevels = {"debug", "info", "warning", "error"};
  if (std::find(kLevels.begin(), kLevels.end(), name) == kLevels.end()) {
    throw_unknown_name(
        tree.find_path("hydra.job_logging.root.level")->where("hydra.job_logging.root.level"),
        "level", name, kLevels);
  }
  return name;
}

// The log file, if the root logger has a handler for one.
std::optional<std::string> log_file(const Node& tree) {
  const Node handlers = resolved_setting(tree, "hydra.job_logging.root.handlers");
  if (!handlers.is_list()) return std::nullopt;
  for (const Node& handler : handlers.as_list()) {
    if (!handler.is_string()) continue;
    const std::string path = "hydra.job_logging.handlers." + handler.as_string() + ".filename";
    if (tree.find_path(path) != nullptr) return text_setting(tree, path);
  }
  return std::nullopt;
}

}  // namespace

RunSettings read_run_settings(const Node& tree) {
  RunSettings settings;
  settings.job_name = text_setting(tree, "hydra.job.name");
  const std::string mode = text_setting(tree, "hydra.mode");
  settings.is_multirun = mode == "MULTIRUN" || mode == "RunMode.MULTIRUN" || mode == "2";
  settings.run_dir = text_setting(tree, "hydra.run.dir");
  settings.sweep_dir = text_setting(tree, "hydra.sweep.dir");
  if (const Node subdir = resolved_setting(tree, "hydra.output_subdir"); !subdir.is_null())
    settings.output_subdir = python_str(subdir);
  settings.log_level = log_level(tree);
  if (tree.find_path("hydra.runtime.output_dir")->is_string()) settings.log_file = log_file(tree);
  const Node environment = resolved_setting(tree, "hydra.job.env_set");
  if (environment.is_map()) {
    for (const auto& [name, value] : environment.as_map())
      settings.environment.emplace_back(name, python_str(value));
  }
  const Node chdir = resolved_setting(tree, "hydra.job.chdir");
  settings.changes_folder = chdir.is_bool() && chdir.as_bool();
  return settings;
}

std::optional<std::string> chosen_sweep_subdir(const Node& tree) {
  const Node* written = tree.find_path("hydra.sweep.subdir");
  if (written == nullptr || *written == Node("${hydra.job.num}")) return std::nullopt;
  return text_setting(tree, "hydra.sweep.subdir");
}

}  // namespace twinset
