#include "experiments/twinset/sweep_plan.h"

#include <algorithm>
#include <array>

#include "framework/config/compose.h"
#include "framework/config/config_source.h"
#include "framework/config/override.h"
#include "framework/core/error.h"

namespace twinset {
namespace {

constexpr std::array kOwnKeys = {"launcher", "search", "sweep"};

// `sweep.on_failure=retry(2)` as people write it: for the grammar, parentheses need quotes.
std::string with_quotes(const std::string& text) {
  const std::string key = "sweep.on_failure=";
  const bool is_bare = text.rfind(key + "retry(", 0) == 0 && text.back() == ')';
  return is_bare ? key + "'" + text.substr(key.size()) + "'" : text;
}

SweepJob to_sweep_job(Job job) {
  std::string id = digest(job.config);
  return {.overrides = std::move(job.overrides),
          .folder = std::move(job.identity.name),
          .digest = std::move(id),
          .config = std::move(job.config),
          .choices = std::move(job.identity.choices)};
}

std::filesystem::path settings_folder(const CommandLine& line) {
  if (line.config_dir && std::filesystem::exists(*line.config_dir / "sweep.yaml"))
    return *line.config_dir;
  return find_config_dir({});
}

}  // namespace

bool is_sweep_override(const std::string& text) {
  const std::string key = text.substr(0, text.find('='));
  const std::string root = key.substr(0, key.find('.'));
  return std::find(kOwnKeys.begin(), kOwnKeys.end(), root) != kOwnKeys.end();
}

std::vector<std::string> take_sweep_overrides(std::vector<std::string>& overrides) {
  std::vector<std::string> own;
  std::erase_if(overrides, [&](const std::string& text) {
    if (!is_sweep_override(text)) return false;
    own.push_back(with_quotes(text));
    return true;
  });
  return own;
}

SweepSettings compose_sweep_settings(const CommandLine& line,
                                     const std::vector<std::string>& own_overrides,
                                     const Plugins& plugins) {
  const Node config = compose({.config_dir = settings_folder(line),
                               .config_name = "sweep",
                               .overrides = own_overrides,
                               .resolve = true})
                          .config;
  SweepSettings settings = read_options<SweepSettings>(config, "");
  plugins.launchers.check(settings.launcher);
  plugins.searches.check(settings.search);
  parse_on_failure(settings.sweep.on_failure);
  return settings;
}

SearchContext search_context(const CommandLine& line, const std::vector<std::string>& overrides,
                             const std::filesystem::path& folder) {
  const std::filesystem::path config_dir = find_config_dir(line.config_dir);
  const auto options = [&](const std::string& group) { return list_options(config_dir, group); };
  return {.axes = sweep_axes({.overrides = overrides, .options = options}), .folder = folder};
}

SweepPlan plan_sweep(const CommandLine& line, std::vector<std::string> overrides,
                     const Plugins& plugins, const CheckConfig& check,
                     const std::filesystem::path& folder) {
  SweepPlan plan{.settings = compose_sweep_settings(line, take_sweep_overrides(overrides), plugins),
                 .jobs = {},
                 .search = nullptr};
  std::unique_ptr<Search> search =
      plugins.searches.create(plan.settings.search, search_context(line, overrides, folder));
  if (search->is_adaptive()) {
    plan.search = std::move(search);
    return plan;
  }
  std::vector<std::vector<std::string>> jobs;
  for (Proposal proposal;
       (proposal = search->ask(static_cast<int64_t>(jobs.size()))).kind == Proposal::Kind::kJob;)
    jobs.push_back(std::move(proposal.overrides));
  for (Job& job : plan_jobs(line, jobs)) {
    check(job.config);
    plan.jobs.push_back(to_sweep_job(std::move(job)));
  }
  return plan;
}

SweepJob plan_job(const CommandLine& line, int64_t number,
                  const std::vector<std::string>& overrides, const CheckConfig& check) {
  Job job{overrides,
          compose_config(line, overrides),
          {.name = std::to_string(number), .choices = {}, .overrides = overrides}};
  check(job.config);
  for (const std::string& text : overrides) {
    const size_t equals = text.find('=');
    if (equals != std::string::npos)
      job.identity.choices.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return to_sweep_job(std::move(job));
}

}  // namespace twinset
