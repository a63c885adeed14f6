#include "experiments/pinlanding/pipeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <set>

#include "experiments/pinlanding/file_lock.h"
#include "experiments/pinlanding/manifest.h"
#include "experiments/pinlanding/pipeline_base.h"
#include "framework/core/atomic_file.h"
#include "framework/core/interrupt.h"
#include "framework/core/logging.h"

namespace twinset::pinlanding {
namespace {

namespace fs = std::filesystem;

// What is logged goes into a file of the folder as well.
struct LogFile {
  explicit LogFile(const fs::path& path) { set_log_file(path.string()); }
  ~LogFile() { set_log_file(""); }
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;
};

std::vector<std::string> names_of(const Node& stage) {
  std::vector<std::string> names;
  const auto split = [&](const std::string& text) {
    for (size_t begin = 0; begin <= text.size();) {
      const size_t end = std::min(text.find(',', begin), text.size());
      std::string name = text.substr(begin, end - begin);
      std::erase(name, ' ');
      if (!name.empty()) names.push_back(name);
      begin = end + 1;
    }
  };
  const auto wrong_kind = [&](const Node& node) {
    throw ConfigError({.where = node.where("stage"),
                       .what = "is " + node.describe(),
                       .expected = "all, a stage's name, or a list of them"});
  };
  if (stage.is_string()) {
    split(stage.as_string());
  } else if (stage.is_list()) {
    for (const Node& name : stage.as_list())
      name.is_string() ? split(name.as_string()) : wrong_kind(name);
  } else {
    wrong_kind(stage);
  }
  if (names.empty()) wrong_kind(stage);
  return names;
}

const FileRecord* known_record(const FileRecords* known, const std::string& path) {
  if (known == nullptr) return nullptr;
  const auto entry = known->find(path);
  return entry == known->end() ? nullptr : &entry->second;
}

FileRecords look_at_files(const fs::path& folder, const std::vector<std::string>& names,
                          const FileRecords* known) {
  FileRecords records;
  for (const std::string& name : names)
    records[name] = look_at_file(folder / name, known_record(known, name));
  return records;
}

FileRecords external_files(const Stage& stage, const StageContext& context,
                           const FileRecords* known) {
  FileRecords records;
  if (!stage.external) return records;
  for (const fs::path& path : stage.external(context)) {
    records[path.string()] = look_at_file(path, known_record(known, path.string()));
  }
  return records;
}

// Files that the stage reads; each pattern must have one.
FileRecords read_files(const Stage& stage, const StageContext& context, const Manifest& manifest,
                       const FileRecords* known) {
  std::vector<std::string> names;
  for (const std::string& pattern : stage.reads) {
    const std::string producer = pattern.substr(0, pattern.find('/'));
    const std::vector<std::string> found = files_of(context.folder, pattern);
    const bool is_cut_off = !manifest.unfinished(producer).empty();
    if (found.empty() || is_cut_off) {
      throw ConfigError(
          {.where = "stage " + stage.name,
           .what = is_cut_off
                       ? fmt::format("stage {}, whose '{}' it reads, was begun and not finished",
                                     producer, pattern)
                       : fmt::format("there is no '{}' in {}", pattern, context.folder.string()),
           .todo = fmt::format("run stage={} first", producer)});
    }
    names.insert(names.end(), found.begin(), found.end());
  }
  return look_at_files(context.folder, names, known);
}

StageInputs look_at_inputs(const Stage& stage, const StageContext& context,
                           const Manifest& manifest, const StageRecord* record) {
  StageInputs inputs;
  std::vector<std::string> keys = {stage.name};
  keys.insert(keys.end(), stage.config_keys.begin(), stage.config_keys.end());
  for (const std::string& key : keys) {
    const Node* node = context.config.find_path(key);
    inputs.options.set(key, node == nullptr ? Node() : *node);
  }
  inputs.reads =
      read_files(stage, context, manifest, record == nullptr ? nullptr : &record->inputs.reads);
  inputs.external =
      external_files(stage, context, record == nullptr ? nullptr : &record->inputs.external);
  return inputs;
}

FileRecords look_at_outputs(const Stage& stage, const StageContext& context,
                            const FileRecords* known) {
  return look_at_files(context.folder, files_of(context.folder, stage.name), known);
}

std::string reason_to_run(const Stage& stage, const StageContext& context,
                          const StageRecord* record, const StageInputs& inputs,
                          const Manifest& manifest) {
  if (record == nullptr) {
    const std::string begun = manifest.unfinished(stage.name);
    if (begun.empty()) return "was not run";
    return begun == inputs.digest() ? "was not finished"
                                    : "was not finished, and what it depends on changed";
  }
  if (std::string change = first_difference(record->inputs, inputs); !change.empty()) return change;
  return first_difference(record->outputs, look_at_outputs(stage, context, &record->outputs));
}

StageOutcome run_stage(const Stage& stage, const StageContext& context, const std::string& place,
                       Manifest& manifest) {
  const StageRecord* record = manifest.find(stage.name);
  StageInputs inputs = look_at_inputs(stage, context, manifest, record);
  StageOutcome outcome{stage.name, reason_to_run(stage, context, record, inputs, manifest), "", 0};
  if (outcome.reason.empty()) {
    log_info("{} {}: up to date; {}", place, stage.name, record->summary);
    outcome.summary = record->summary;
    return outcome;
  }
  log_info("{} {}: begins ({})", place, stage.name, outcome.reason);
  StageContext own = context;
  own.inputs_digest = inputs.digest();
  manifest.begin(stage.name, own.inputs_digest);
  fs::create_directories(context.file(stage.name));
  const auto begin = std::chrono::steady_clock::now();
  outcome.summary = stage.run(own);
  outcome.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  // A file that the stage made on first use (a rendered data set) counts from now on; one that
  // changed meanwhile does not.
  for (const auto& [path, now] : external_files(stage, context, &inputs.external)) {
    FileRecord& before = inputs.external[path];
    if (before.sha256.empty()) before = now;
  }
  manifest.finish(stage.name, {std::move(inputs), look_at_outputs(stage, context, nullptr),
                               outcome.summary, outcome.seconds});
  log_info("{} {}: {} ({:.1f} s)", place, stage.name, outcome.summary, outcome.seconds);
  return outcome;
}

// A part of a stage, beside others. That the stage was begun is recorded, the same by each of them;
// the whole stage finds their files later.
StageOutcome run_part(const Stage& stage, const StageContext& context) {
  Manifest manifest(context.folder);
  StageContext own = context;
  own.inputs_digest = look_at_inputs(stage, context, manifest, manifest.find(stage.name)).digest();
  if (manifest.unfinished(stage.name).empty()) manifest.begin(stage.name, own.inputs_digest);
  fs::create_directories(context.file(stage.name));
  log_info("{}: begins a part", stage.name);
  const auto begin = std::chrono::steady_clock::now();
  StageOutcome outcome{stage.name, "a part was asked for", stage.run(own), 0};
  outcome.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  log_info("{}: {} ({:.1f} s)", stage.name, outcome.summary, outcome.seconds);
  return outcome;
}

bool is_part(const Stage& stage, const StageContext& context) {
  return stage.is_part && stage.is_part(context);
}

}  // namespace

std::vector<Stage> selected_stages(const std::vector<Stage>& stages, const Node& stage) {
  std::vector<std::string> known = {"all"};
  for (const Stage& entry : stages) known.push_back(entry.name);
  std::set<std::string> wanted;
  for (const std::string& name : names_of(stage)) {
    if (std::find(known.begin(), known.end(), name) == known.end())
      throw_unknown_name(stage.where("stage"), "stage", name, known);
    wanted.insert(name);
  }
  std::vector<Stage> selected;
  std::copy_if(stages.begin(), stages.end(), std::back_inserter(selected), [&](const Stage& entry) {
    return wanted.contains("all") || wanted.contains(entry.name);
  });
  return selected;
}

std::vector<StageOutcome> run_pipeline(const std::vector<Stage>& stages,
                                       const StageContext& context, const fs::path& base) {
  for (const Stage& stage : stages) {
    if (stage.check) stage.check(context);
    if (is_part(stage, context) && stages.size() > 1) {
      throw ConfigError(
          {.where = "stage",
           .what = fmt::format("a part of {} is asked for, beside other stages", stage.name),
           .expected = fmt::format("stage={} alone", stage.name)});
    }
  }
  const bool runs_part = std::any_of(stages.begin(), stages.end(),
                                     [&](const Stage& stage) { return is_part(stage, context); });
  // A stage that can't begin leaves no new folder.
  if (base.empty() && !fs::exists(context.folder))
    read_files(stages.front(), context, Manifest(context.folder), nullptr);
  const bool begins = !runs_part && !base.empty() && !fs::exists(context.file("manifest.json"));
  if (begins) check_base(base, context.folder);
  const FileLock lock(context.folder / ".lock",
                      runs_part ? FileLock::Kind::kShared : FileLock::Kind::kExclusive,
                      /*waits=*/false);
  if (begins) begin_with(base, context.folder);
  if (runs_part) return {run_part(stages.front(), context)};
  Manifest manifest(context.folder);
  write_file(context.file("config.yaml"), to_yaml(context.config));
  const LogFile log(context.file("pinlanding.log"));
  std::vector<StageOutcome> outcomes;
  for (size_t i = 0; i < stages.size(); ++i) {
    if (interrupt_requested())
      throw Interrupted(
          {.what = fmt::format("interrupted before stage {}; the same command goes on",
                               stages[i].name)});
    outcomes.push_back(
        run_stage(stages[i], context, fmt::format("[{}/{}]", i + 1, stages.size()), manifest));
  }
  return outcomes;
}

}  // namespace twinset::pinlanding
