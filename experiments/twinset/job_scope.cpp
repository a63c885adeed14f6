#include "experiments/twinset/job_scope.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <cstdlib>

#include "framework/config/python_text.h"
#include "framework/core/atomic_file.h"
#include "framework/core/error.h"
#include "framework/core/logging.h"

namespace twinset {
namespace {

Node config_of(const Node& tree) {
  Node config = Node::map();
  for (const auto& [key, child] : tree.as_map()) {
    if (key != "hydra") config.set(key, child);
  }
  return config;
}

}  // namespace

JobScope::JobScope(Node tree, const std::vector<std::string>& overrides,
                   const std::filesystem::path& folder, bool is_main)
    : previous_folder_(std::filesystem::current_path()) {
  const std::filesystem::path output = std::filesystem::absolute(folder);
  tree.set_path("hydra.runtime.output_dir", Node(output.string()));
  const RunSettings settings = read_run_settings(tree);
  if (settings.output_subdir && is_main) {
    const std::filesystem::path record = output / *settings.output_subdir;
    write_file(record / "config.yaml", to_yaml(config_of(tree)));
    Node hydra = Node::map();
    hydra.set("hydra", *tree.find("hydra"));
    write_file(record / "hydra.yaml", to_yaml(hydra));
    write_file(record / "overrides.yaml",
               to_yaml(Node(Node::List(overrides.begin(), overrides.end()))));
  }
  for (const auto& [name, value] : settings.environment) ::setenv(name.c_str(), value.c_str(), 1);
  if (settings.log_file && is_main) set_log_file(*settings.log_file);
  if (settings.changes_folder) std::filesystem::current_path(output);
}

JobScope::~JobScope() {
  set_log_file("");
  std::error_code ignored;
  std::filesystem::current_path(previous_folder_, ignored);
}

std::filesystem::path make_new_folder(const std::filesystem::path& wanted) {
  std::error_code error;
  std::filesystem::create_directories(wanted.parent_path(), error);
  for (int suffix = 0; suffix < 1000 && !error; ++suffix) {
    const std::filesystem::path folder =
        suffix == 0 ? wanted : std::filesystem::path(fmt::format("{}_{}", wanted.string(), suffix));
    if (std::filesystem::create_directory(folder, error)) return folder;
  }
  throw SystemError(
      {.where = wanted.string(), .what = "can't make the folder: " + error.message()});
}

std::filesystem::path make_output_folder(const std::string& root) {
  return make_new_folder(std::filesystem::path(root) /
                         fmt::format("{:%Y-%m-%d/%H-%M-%S}", fmt::localtime(std::time(nullptr))));
}

std::filesystem::path make_job_folder(const Node& tree, const std::string& setting) {
  const Node* written = tree.find_path(setting);
  const std::filesystem::path wanted = python_str(resolved_setting(tree, setting));
  const bool is_dated = written != nullptr && written->is_string() &&
                        written->as_string().find("${now:") != std::string::npos;
  return is_dated ? make_new_folder(wanted) : wanted;
}

}  // namespace twinset
