// Runs the stages: skips what is up to date, runs again what is stale, goes on where it was cut
// off.
#pragma once

#include <string>
#include <vector>

#include "experiments/pinlanding/stage.h"

namespace twinset::pinlanding {

/// The pipeline's own options; every other node of the configuration is a stage's or the training
/// run's.
struct PipelineOptions {
  Node stage = "all";
  std::string folder = "outputs/pinlanding";
  std::string base;

  template <class V>
  void visit(V&& v) {
    v("stage", stage,
      Field{.help = "what is run: all, a stage, or several as in stage=topics,feeds"});
    v("folder", folder,
      Field{.help = "where the stages write, one sub-folder each, and manifest.json; a pipeline "
                    "that is there goes on"});
    v("base", base,
      Field{.help = "folder of another pipeline, whose finished stages a new folder begins with; "
                    "empty: none"});
  }
};

/// The stages that `stage` names (a text with commas, or a list), in run order. @throws ConfigError
/// naming the nearest
std::vector<Stage> selected_stages(const std::vector<Stage>& stages, const Node& stage);

/// What became of a stage.
struct StageOutcome {
  std::string stage;
  std::string
      reason;  ///< why it ran: "was not run", "demand.head_share changed"; empty: it was up to date
  std::string summary;
  double seconds = 0;
};

/// Runs the stages in their order. A stage is skipped while its options, the files that it reads
/// and its own files are what the manifest says; it counts as done only once the manifest says so.
/// A part of a stage (Stage::is_part) runs alone, beside other processes that do parts; the stage
/// then counts as begun.
/// Every stage's options are checked before the first one runs. The folder also keeps the
/// configuration of the last call (config.yaml) and what was logged (pinlanding.log).
///
/// @param base  PipelineOptions::base: how a sweep varies a late stage without the early ones
/// @throws ConfigError  wrong options; a file of an earlier stage that is missing: names the stage
/// to run; a base without finished stages
/// @throws SystemError  another process works in the folder
/// @throws Interrupted  by Ctrl-C; the same call goes on
std::vector<StageOutcome> run_pipeline(const std::vector<Stage>& stages,
                                       const StageContext& context,
                                       const std::filesystem::path& base = {});

}  // namespace twinset::pinlanding
