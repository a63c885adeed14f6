// Locks that processes on one file system hold against each other.
#pragma once

#include <filesystem>

namespace twinset::pinlanding {

/// A lock on a file, which is made if it is not there; it ends with the object, or with the
/// process.
class FileLock {
 public:
  enum class Kind { kShared, kExclusive };

  /// Waits for it, or (without `waits`) gives up. @throws SystemError if another process holds it,
  /// or the file can't be opened
  FileLock(const std::filesystem::path& file, Kind kind, bool waits);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  int descriptor_ = -1;
};

}  // namespace twinset::pinlanding
