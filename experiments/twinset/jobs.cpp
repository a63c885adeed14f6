#include "experiments/twinset/jobs.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <map>
#include <set>

#include "framework/config/compose.h"
#include "framework/core/error.h"
#include "framework/sweep/sweep.h"

namespace twinset {
namespace {

std::pair<std::string, std::string> split_override(const std::string& text) {
  const size_t equals = text.find('=');
  const size_t begin = text.find_first_not_of("+~");
  return {text.substr(begin, equals - begin), equals == std::string::npos ? "" : text.substr(equals + 1)};
}

}  // namespace

Node compose_config(const CommandLine& line, const std::vector<std::string>& overrides) {
  return compose({.config_dir = find_config_dir(line.config_dir),
                  .config_name = line.config_name,
                  .overrides = overrides,
                  .resolve = line.show_config.empty() || line.resolve})
      .config;
}

std::vector<Job> plan_jobs(const CommandLine& line, const std::vector<std::vector<std::string>>& overrides) {
  std::vector<Job> jobs;
  std::map<std::string, std::set<std::string>> values;
  for (const std::vector<std::string>& job_overrides : overrides) {
    for (const std::string& text : job_overrides) {
      const auto [key, value] = split_override(text);
      values[key].insert(value);
    }
    jobs.push_back({job_overrides, compose_config(line, job_overrides), {}});
  }
  std::set<std::string> names;
  for (size_t i = 0; i < jobs.size(); ++i) {
    RunIdentity& identity = jobs[i].identity;
    std::vector<std::string> varying;
    bool has_seed = false;
    for (const std::string& text : jobs[i].overrides) {
      const auto [key, value] = split_override(text);
      if (values[key].size() < 2 && key != "seed") continue;
      identity.choices.emplace_back(key, value);
      varying.push_back(key + "=" + value);
      has_seed = has_seed || key == "seed";
    }
    if (const Node* seed = jobs[i].config.find("seed"); seed != nullptr && !has_seed && seed->is_int()) {
      identity.choices.emplace_back("seed", std::to_string(seed->as_int()));
    }
    identity.overrides = jobs[i].overrides;
    identity.name = job_folder_name(static_cast<int64_t>(i), varying);
    if (!names.insert(identity.name).second) names.insert(identity.name += fmt::format("_{}", i));
  }
  return jobs;
}

std::filesystem::path make_output_folder(const std::string& root) {
  const std::filesystem::path base =
      std::filesystem::path(root) / fmt::format("{:%Y-%m-%d/%H-%M-%S}", fmt::localtime(std::time(nullptr)));
  std::error_code error;
  std::filesystem::create_directories(base.parent_path(), error);
  for (int suffix = 0; suffix < 1000; ++suffix) {
    const std::filesystem::path folder = suffix == 0 ? base : std::filesystem::path(fmt::format("{}_{}", base.string(), suffix));
    if (std::filesystem::create_directory(folder, error)) return folder;
    if (error) break;
  }
  throw SystemError({.where = base.string(), .what = "can't make the folder: " + error.message()});
}

}  // namespace twinset
