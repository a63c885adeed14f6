#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "framework/config/run_settings.h"
#include "framework/core/node.h"

namespace twinset {

/// What surrounds a running job as its settings (node "hydra") say: the record in its folder
/// (.hydra/config.yaml, hydra.yaml, overrides.yaml), environment variables, log level and file,
/// current folder. The end takes the latter three back.
class JobScope {
 public:
  /// @param tree     the job's composition with `hydra`, unresolved; the folder becomes its
  ///                 hydra.runtime.output_dir
  /// @param is_main  of several ranks, the one that keeps the record and the log
  JobScope(Node tree, const std::vector<std::string>& overrides,
           const std::filesystem::path& folder, bool is_main = true);
  ~JobScope();
  JobScope(const JobScope&) = delete;

 private:
  std::filesystem::path previous_folder_;
};

/// The folder that `hydra.run.dir` or `hydra.sweep.dir` names. One with a date or time in its name
/// (`${now:...}`) is made new, with "_1", "_2", ... behind it if another start took it: two starts
/// never share one. Any other goes on if it is there.
///
/// @param setting  "hydra.run.dir" or "hydra.sweep.dir"
std::filesystem::path make_job_folder(const Node& tree, const std::string& setting);

/// Makes the folder, or one with "_1", "_2", ... behind its name: it is new in any case. @throws
/// SystemError
std::filesystem::path make_new_folder(const std::filesystem::path& wanted);
/// A new folder ROOT/DATE/TIME.
std::filesystem::path make_output_folder(const std::string& root);

}  // namespace twinset
