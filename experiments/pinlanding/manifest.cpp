#include "experiments/pinlanding/manifest.h"

#include <fmt/format.h>

#include "framework/core/atomic_file.h"
#include "framework/core/error.h"
#include "framework/core/sha256.h"

namespace twinset::pinlanding {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kVersion = 1;

// The dotted path of the first value that differs, or "".
std::string first_change(const Node& before, const Node& now, const std::string& path) {
  if (before == now) return "";
  if (!before.is_map() || !now.is_map()) return path;
  const auto join = [&](const std::string& key) { return path.empty() ? key : path + "." + key; };
  for (const auto& [key, value] : now.as_map()) {
    const Node* known = before.find(key);
    if (known == nullptr) return join(key);
    if (const std::string change = first_change(*known, value, join(key)); !change.empty())
      return change;
  }
  for (const auto& [key, value] : before.as_map()) {
    if (now.find(key) == nullptr) return join(key);
  }
  return path;
}

Json record_json(const StageRecord& record) {
  return {{"seconds", record.seconds},
          {"summary", record.summary},
          {"options", twinset::to_json(record.inputs.options)},
          {"reads", to_json(record.inputs.reads)},
          {"external", to_json(record.inputs.external)},
          {"outputs", to_json(record.outputs)}};
}

StageRecord record_of(const Json& json) {
  StageRecord record;
  record.inputs.options = from_json(json.at("options"));
  record.inputs.reads = file_records_of(json.at("reads"));
  record.inputs.external = file_records_of(json.at("external"));
  record.outputs = file_records_of(json.at("outputs"));
  record.summary = json.at("summary").get<std::string>();
  record.seconds = json.at("seconds").get<double>();
  return record;
}

}  // namespace

std::string StageInputs::digest() const {
  Sha256 hash;
  hash.add(twinset::digest(options));
  for (const FileRecords* records : {&reads, &external}) {
    for (const auto& [path, record] : *records)
      hash.add(fmt::format("\n{}\t{}", path, record.sha256));
    hash.add("\n");
  }
  return hash.finish();
}

std::string first_difference(const StageInputs& before, const StageInputs& now) {
  if (const std::string path = first_change(before.options, now.options, ""); !path.empty())
    return path + " changed";
  if (std::string file = first_difference(before.reads, now.reads); !file.empty()) return file;
  return first_difference(before.external, now.external);
}

Manifest::Manifest(const std::filesystem::path& folder) : file_(folder / "manifest.json") {
  if (!std::filesystem::exists(file_)) return;
  try {
    const Json json = Json::parse(read_file(file_));
    if (json.at("version") != kVersion)
      throw DataError(
          {.where = file_.string(),
           .what = fmt::format("has version {}", json.at("version").dump()),
           .expected = fmt::format("{}", kVersion),
           .todo = "name another folder, or remove this file to run every stage again"});
    for (const auto& [name, stage] : json.at("stages").items()) done_[name] = record_of(stage);
    for (const auto& [name, inputs] : json.at("unfinished").items())
      unfinished_[name] = inputs.get<std::string>();
  } catch (const nlohmann::json::exception& error) {
    throw DataError({.where = file_.string(),
                     .what = error.what(),
                     .expected = "a manifest as the pipeline writes it",
                     .todo = "remove the file to run every stage again"});
  }
}

const StageRecord* Manifest::find(const std::string& stage) const {
  const auto entry = done_.find(stage);
  return entry == done_.end() ? nullptr : &entry->second;
}

std::string Manifest::unfinished(const std::string& stage) const {
  const auto entry = unfinished_.find(stage);
  return entry == unfinished_.end() ? "" : entry->second;
}

void Manifest::begin(const std::string& stage, const std::string& inputs_digest) {
  done_.erase(stage);
  unfinished_[stage] = inputs_digest;
  write();
}

void Manifest::finish(const std::string& stage, StageRecord record) {
  unfinished_.erase(stage);
  done_[stage] = std::move(record);
  write();
}

void Manifest::write() const {
  Json json = {{"version", kVersion}, {"stages", Json::object()}, {"unfinished", unfinished_}};
  for (const auto& [name, record] : done_) json["stages"][name] = record_json(record);
  write_file(file_, json.dump(1) + "\n");
}

}  // namespace twinset::pinlanding
