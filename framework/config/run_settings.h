// The settings of a run itself, read from the node "hydra" of a composition.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "framework/config/compose.h"

namespace twinset {

/// Paths are as written: relative ones are below the current folder.
struct RunSettings {
  std::string job_name;
  bool is_multirun = false;  ///< hydra.mode=MULTIRUN, or -m
  std::string run_dir;       ///< of a single run
  std::string sweep_dir;     ///< of a sweep
  std::optional<std::string>
      output_subdir;  ///< where config, settings and overrides are kept; empty: nowhere
  std::string log_level =
      "info";  ///< hydra.verbose=true is "debug"; else hydra.job_logging.root.level
  std::optional<std::string> log_file;  ///< hydra.job_logging.handlers.file.filename; empty: none
  std::vector<std::pair<std::string, std::string>>
      environment;              ///< hydra.job.env_set, set before a job runs
  bool changes_folder = false;  ///< hydra.job.chdir
};

/// @param tree  of a composition, with "hydra", unresolved
/// @throws ConfigError with the place of a setting that is missing, can't be resolved or is of the
/// wrong type
RunSettings read_run_settings(const Node& tree);

/// The subfolder of one job of a sweep, hydra.sweep.subdir, if it is set to something else than its
/// default, the job's number.
std::optional<std::string> chosen_sweep_subdir(const Node& tree);

}  // namespace twinset
