// What a file held when it was looked at, so that a later look tells whether it changed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace twinset::pinlanding {

/// A file's content. Size and time spare reading it again: while both are the same, so is the
/// digest.
struct FileRecord {
  int64_t size = 0;  ///< bytes
  int64_t modified_ns =
      0;  ///< since 1970; 0: changed a moment before it was read, so its time proves nothing
  std::string sha256;  ///< 64 hexadecimal digits; empty: there was no such file
  bool same_content(const FileRecord& other) const { return sha256 == other.sha256; }
};

/// By path.
using FileRecords = std::map<std::string, FileRecord>;

/// Looks at a file. @param known  what an earlier look found, or null
FileRecord look_at_file(const std::filesystem::path& path, const FileRecord* known);

/// The files that `pattern` stands for in `folder`, sorted, relative to it: one file, all files of
/// a folder, or those that a glob matches. Temporary files of writers that were killed do not
/// count. None if there is none.
std::vector<std::string> files_of(const std::filesystem::path& folder, const std::string& pattern);

/// The first file of `now` that differs from `before`, such as "'a.jsonl' changed", "'b.jsonl' is
/// new", "'c.jsonl' is missing"; or "".
std::string first_difference(const FileRecords& before, const FileRecords& now);

nlohmann::ordered_json to_json(const FileRecords& records);
FileRecords file_records_of(const nlohmann::ordered_json& json);

}  // namespace twinset::pinlanding
