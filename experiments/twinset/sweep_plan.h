// A sweep's command line as jobs: its own settings (configs/sweep.yaml) apart from those of its
// jobs.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "experiments/twinset/command_line.h"
#include "experiments/twinset/jobs.h"
#include "experiments/twinset/plugins.h"
#include "framework/sweep/sweep.h"

namespace twinset {

/// What holds for a whole sweep and is no part of its jobs.
struct SweepSettings {
  Node launcher;
  Node search;
  SweepOptions sweep;

  template <class V>
  void visit(V&& v) {
    v("launcher", launcher, Field{.help = "what runs the jobs"});
    v("search", search, Field{.help = "what picks the jobs"});
    v("sweep", sweep, Field{});
  }
};

/// Whether an override is one of the sweep's own: of launcher, search or sweep.
bool is_sweep_override(const std::string& text);

/// Takes the sweep's own overrides out of the others.
std::vector<std::string> take_sweep_overrides(std::vector<std::string>& overrides);

/// Composes configs/sweep.yaml with the sweep's own overrides and checks them. @throws ConfigError
SweepSettings compose_sweep_settings(const CommandLine& line,
                                     const std::vector<std::string>& own_overrides,
                                     const Plugins& plugins);

/// What a search picks from, for the overrides of the jobs.
SearchContext search_context(const CommandLine& line, const std::vector<std::string>& overrides,
                             const std::filesystem::path& folder);

/// Checks a composed job before anything runs. @throws ConfigError
using CheckConfig = std::function<void(const Node& config)>;

/// The sweep that a command line asks for.
struct SweepPlan {
  SweepSettings settings;
  std::vector<SweepJob> jobs;      ///< none of an adaptive search
  std::unique_ptr<Search> search;  ///< an adaptive one, or null
};

/// Expands the sweeps of the overrides and composes every job, before the first one runs: a mistake
/// in any of them is told at once. `folder` is the sweep's, for adaptive searches.
SweepPlan plan_sweep(const CommandLine& line, std::vector<std::string> overrides,
                     const Plugins& plugins, const CheckConfig& check,
                     const std::filesystem::path& folder);

/// One job of an adaptive search.
SweepJob plan_job(const CommandLine& line, int64_t number,
                  const std::vector<std::string>& overrides, const CheckConfig& check);

}  // namespace twinset
