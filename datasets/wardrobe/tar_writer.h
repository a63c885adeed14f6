// Tar archives in the ustar format (POSIX.1-1988), byte for byte the same for the same members.
#pragma once

#include <cstdint>
#include <string_view>

#include "framework/core/atomic_file.h"

namespace twinset::wardrobe {

/// Appends members to a file: mode 0644, owner 0, time 0.
class TarWriter {
 public:
  explicit TarWriter(AtomicFile& file) : file_(file) {}
  /// @param name  below 100 bytes
  void add(std::string_view name, std::string_view content);
  /// The two empty blocks at the end, and zeros up to a record of 10,240 bytes.
  void finish();
  int64_t num_bytes() const { return num_bytes_; }

 private:
  void write(std::string_view bytes);
  AtomicFile& file_;
  int64_t num_bytes_ = 0;
};

}  // namespace twinset::wardrobe
