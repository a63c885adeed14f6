// Files that appear whole or not at all: written beside the target, synced, renamed over it.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace twinset {

/// Writes a file under a temporary name in the target's folder; `commit` makes it the target.
/// Without `commit` (an exception, for one) the temporary file is removed and the target stays as
/// it was.
///
/// @throws SystemError naming the path and the system's reason, a full disk among them.
class AtomicFile {
 public:
  /// Makes the folder if it does not exist.
  explicit AtomicFile(std::filesystem::path target);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  void write(const void* data, size_t num_bytes);
  void write(std::string_view text) { write(text.data(), text.size()); }
  /// Flushes to the disk (fsync of file and folder), then renames. At most once.
  void commit();
  /// Renames without syncing: for thousands of small files, of which a later file is the proof.
  /// Before that one is committed, call `sync_filesystem`.
  void commit_unsynced();

 private:
  [[noreturn]] void fail(const char* action) const;

  std::filesystem::path target_;
  std::filesystem::path temporary_;
  int descriptor_ = -1;
};

/// Writes a whole file atomically.
void write_file(const std::filesystem::path& path, std::string_view content);

/// Waits until everything written to the folder's file system is on the disk.
void sync_filesystem(const std::filesystem::path& folder);

/// Reads a whole file. @throws DataError if it can't be read.
std::string read_file(const std::filesystem::path& path);

}  // namespace twinset
