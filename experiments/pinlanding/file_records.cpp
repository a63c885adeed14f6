#include "experiments/pinlanding/file_records.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>

#include "framework/core/error.h"
#include "framework/core/sha256.h"
#include "framework/data/file_patterns.h"

namespace twinset::pinlanding {
namespace {

namespace fs = std::filesystem;

// The coarsest clock of a file system in use: a later write within it leaves the time as it is.
constexpr int64_t kClockNs = 2'000'000'000;

bool is_temporary(const fs::path& path) {
  return path.filename().string().find(".tmp-") != std::string::npos;
}

}  // namespace

FileRecord look_at_file(const fs::path& path, const FileRecord* known) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return {};
  FileRecord record;
  record.size = status.st_size;
  record.modified_ns = status.st_mtim.tv_sec * 1'000'000'000LL + status.st_mtim.tv_nsec;
  if (known != nullptr && known->modified_ns != 0 && known->modified_ns == record.modified_ns &&
      known->size == record.size) {
    return *known;
  }
  const int64_t now = std::chrono::duration_cast<std::chrono::nanoseconds>(
                          std::chrono::system_clock::now().time_since_epoch())
                          .count();
  if (now - record.modified_ns < kClockNs) record.modified_ns = 0;
  record.sha256 = sha256_of_file(path);
  return record;
}

std::vector<std::string> files_of(const fs::path& folder, const std::string& pattern) {
  std::vector<fs::path> paths;
  if (pattern.find_first_of("*?[{") != std::string::npos) {
    try {
      paths = find_files(folder, pattern);
    } catch (const DataError&) {
      return {};  // nothing matches
    }
  } else if (fs::is_directory(folder / pattern)) {
    for (const auto& entry : fs::recursive_directory_iterator(folder / pattern)) {
      if (entry.is_regular_file()) paths.push_back(entry.path());
    }
  } else if (fs::is_regular_file(folder / pattern)) {
    paths.push_back(folder / pattern);
  }
  std::erase_if(paths, is_temporary);
  std::vector<std::string> names;
  for (const fs::path& path : paths) names.push_back(path.lexically_relative(folder).string());
  std::sort(names.begin(), names.end());
  return names;
}

std::string first_difference(const FileRecords& before, const FileRecords& now) {
  for (const auto& [path, record] : now) {
    const auto known = before.find(path);
    if (known == before.end()) return fmt::format("'{}' is new", path);
    if (record.same_content(known->second)) continue;
    return fmt::format("'{}' {}", path, record.sha256.empty() ? "is missing" : "changed");
  }
  for (const auto& [path, record] : before) {
    if (!now.contains(path)) return fmt::format("'{}' is missing", path);
  }
  return "";
}

nlohmann::ordered_json to_json(const FileRecords& records) {
  auto json = nlohmann::ordered_json::object();
  for (const auto& [path, record] : records) {
    json[path] = {
        {"size", record.size}, {"modified_ns", record.modified_ns}, {"sha256", record.sha256}};
  }
  return json;
}

FileRecords file_records_of(const nlohmann::ordered_json& json) {
  FileRecords records;
  for (const auto& [path, value] : json.items()) {
    records[path] = {value.at("size").get<int64_t>(), value.at("modified_ns").get<int64_t>(),
                     value.at("sha256").get<std::string>()};
  }
  return records;
}

}  // namespace twinset::pinlanding
