#include "experiments/twinset/jobs.h"

#include <fmt/format.h>

#include <map>
#include <set>

#include "experiments/twinset/show_config.h"
#include "experiments/twinset/sweep_plan.h"
#include "framework/config/override.h"
#include "framework/config/run_settings.h"
#include "framework/core/error.h"
#include "framework/sweep/sweep.h"

namespace twinset {
namespace {

std::pair<std::string, std::string> split_override(const std::string& text) {
  const size_t equals = text.find('=');
  const size_t begin = text.find_first_not_of("+~");
  return {text.substr(begin, equals - begin),
          equals == std::string::npos ? "" : text.substr(equals + 1)};
}

}  // namespace

Composition compose_settings(const CommandLine& line) {
  std::vector<std::string> overrides;
  for (const std::string& text : line.overrides) {
    if (is_sweep_override(text)) continue;
    try {
      if (!parse_override(text).is_sweep()) overrides.push_back(text);
    } catch (const ConfigError&) {
      // Planning the jobs tells it, with its caret.
    }
  }
  return make_composer(line).compose(line.config_name, overrides, false, run_facts(line));
}

Node compose_config(const CommandLine& line, const std::vector<std::string>& overrides) {
  return make_composer(line).compose(line.config_name, overrides, true, run_facts(line)).config;
}

std::vector<Job> plan_jobs(const CommandLine& line,
                           const std::vector<std::vector<std::string>>& overrides) {
  std::vector<Job> jobs;
  Composer composer = make_composer(line);
  RunFacts facts = run_facts(line);
  std::map<std::string, std::set<std::string>> values;
  for (const std::vector<std::string>& job_overrides : overrides) {
    for (const std::string& text : job_overrides) {
      const auto [key, value] = split_override(text);
      values[key].insert(value);
    }
    facts.job_num = static_cast<int64_t>(jobs.size());
    Composition composition = composer.compose(line.config_name, job_overrides, true, facts);
    jobs.push_back({job_overrides, std::move(composition.config), {}, std::move(composition.tree)});
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
    if (const Node* seed = jobs[i].config.find("seed");
        seed != nullptr && !has_seed && seed->is_int()) {
      identity.choices.emplace_back("seed", std::to_string(seed->as_int()));
    }
    identity.overrides = jobs[i].overrides;
    identity.name = chosen_sweep_subdir(jobs[i].tree)
                        .value_or(job_folder_name(static_cast<int64_t>(i), varying));
    if (!names.insert(identity.name).second) names.insert(identity.name += fmt::format("_{}", i));
  }
  return jobs;
}

}  // namespace twinset
