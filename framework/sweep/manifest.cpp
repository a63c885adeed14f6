#include "framework/sweep/manifest.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "framework/core/atomic_file.h"
#include "framework/core/error.h"

namespace twinset {
namespace {

constexpr JobState kStates[] = {JobState::kPending, JobState::kRunning, JobState::kComplete, JobState::kFailed,
                                JobState::kInterrupted};

JobState parse_state(const std::string& name, const std::string& where) {
  for (JobState state : kStates) {
    if (name == job_state_name(state)) return state;
  }
  throw DataError({.where = where, .what = "unknown job state '" + name + "'"});
}

}  // namespace

const char* job_state_name(JobState state) {
  switch (state) {
    case JobState::kPending: return "pending";
    case JobState::kRunning: return "running";
    case JobState::kComplete: return "complete";
    case JobState::kFailed: return "failed";
    case JobState::kInterrupted: return "interrupted";
  }
  return "";
}

Manifest::Manifest(std::filesystem::path folder) : folder_(std::move(folder)) {
  const std::filesystem::path file = folder_ / "manifest.json";
  if (!std::filesystem::exists(file)) return;
  try {
    const nlohmann::json manifest = nlohmann::json::parse(read_file(file));
    for (const auto& json : manifest.at("jobs")) {
      JobRecord record{.index = json.at("index"), .overrides = json.at("overrides"), .folder = json.at("folder"),
                       .digest = json.at("digest"), .state = parse_state(json.at("state"), file.string()),
                       .num_tries = json.at("num_tries"), .seconds = json.at("seconds"), .error = json.at("error")};
      if (record.state == JobState::kRunning) record.state = JobState::kPending;
      jobs_.push_back(std::move(record));
    }
  } catch (const nlohmann::json::exception& error) {
    throw DataError({.where = file.string(), .what = error.what(), .expected = "the manifest of a sweep",
                     .todo = "remove the file to begin the sweep anew"});
  }
}

JobRecord& Manifest::job(int64_t index, const std::vector<std::string>& overrides, const std::string& folder,
                         const std::string& digest) {
  const auto same_folder = [&](const JobRecord& record) { return record.folder == folder; };
  const auto found = std::find_if(jobs_.begin(), jobs_.end(), same_folder);
  if (found != jobs_.end() && found->digest == digest) {
    found->index = index;
    return *found;
  }
  if (found != jobs_.end()) jobs_.erase(found);
  return jobs_.emplace_back(JobRecord{.index = index, .overrides = overrides, .folder = folder, .digest = digest});
}

void Manifest::save() const {
  auto jobs = nlohmann::ordered_json::array();
  for (const JobRecord& record : jobs_) {
    jobs.push_back({{"index", record.index}, {"overrides", record.overrides}, {"folder", record.folder},
                    {"digest", record.digest}, {"state", job_state_name(record.state)}, {"num_tries", record.num_tries},
                    {"seconds", record.seconds}, {"error", record.error}});
  }
  write_file(folder_ / "manifest.json", nlohmann::ordered_json{{"jobs", jobs}}.dump(1) + "\n");
}

}  // namespace twinset
