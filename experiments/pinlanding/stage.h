// A step of the PinLanding pipeline: files in, files out.
#pragma once

#include <array>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "experiments/twinset/plugins.h"
#include "framework/core/node.h"

namespace twinset::pinlanding {

/// Every stage of the pipeline, in run order.
inline constexpr std::array kStageNames = {"demand", "extract", "curate",   "train", "assign",
                                           "topics", "feeds",   "baseline", "judge", "pages"};

/// What a stage is given. The folder holds one sub-folder a stage; a stage writes to its own only.
struct StageContext {
  std::filesystem::path folder;  ///< of the pipeline
  const Node& config;  ///< the whole composed configuration; a stage reads its own node and those
                       ///< of `config_keys`
  const Plugins& plugins;
  /// Identifies what the stage depends on (options, files): what an interrupted run left counts
  /// only while this is the same.
  std::string inputs_digest = {};
  std::optional<std::filesystem::path> config_dir =
      {};  ///< of the command line: where sheets that come with the configs are looked for

  std::filesystem::path file(const std::string& name) const { return folder / name; }
};

/// One stage. It says what it depends on, so that the pipeline can skip it while nothing of that
/// has changed.
struct Stage {
  std::string name;                ///< its folder and its node in the configuration
  std::string help;                ///< one line
  std::vector<std::string> reads;  ///< files of earlier stages, relative to the pipeline's folder:
                                   ///< "curate/products.jsonl"; a folder ("train") stands for all
                                   ///< files in it, "assign/products-*.jsonl" for those it matches
  std::vector<std::string>
      config_keys;  ///< nodes whose change makes it stale, beside its own: "dataset", "seed"
  /// Throws for options that are wrong, before anything is run.
  std::function<void(const StageContext&)> check;
  /// Files outside the folder that it reads (logs, shards); their digests count. One that is not
  /// there yet is made by the stage.
  std::function<std::vector<std::filesystem::path>(const StageContext&)> external;
  /// Writes its files, each whole or not at all, and returns a line for people. Called again after
  /// an interruption it goes on.
  /// @throws Interrupted when asked to stop
  std::function<std::string(const StageContext&)> run;
  /// Whether the options ask for a part of the stage. Several processes may do parts at once, in
  /// the folder's shared lock; the stage is done when a run without parts has found them all. Not
  /// set: never.
  std::function<bool(const StageContext&)> is_part = {};
  std::vector<FieldInfo> options = {};  ///< of its node, for --help
};

}  // namespace twinset::pinlanding
