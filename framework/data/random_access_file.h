// A file that several threads read at any place.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace twinset {

/// An open file, read by offset. All methods may be called from several threads.
class RandomAccessFile {
 public:
  /// @throws DataError if it can't be opened.
  explicit RandomAccessFile(std::filesystem::path path);
  ~RandomAccessFile();
  RandomAccessFile(const RandomAccessFile&) = delete;
  RandomAccessFile& operator=(const RandomAccessFile&) = delete;

  /// Bytes in all when it was opened.
  int64_t size() const { return size_; }
  const std::filesystem::path& path() const { return path_; }
  /// @throws DataError if the file ends before `offset + size`, or the system can't read it.
  std::string read(int64_t offset, int64_t size) const;

 private:
  std::filesystem::path path_;
  int descriptor_ = -1;
  int64_t size_ = 0;
};

}  // namespace twinset
