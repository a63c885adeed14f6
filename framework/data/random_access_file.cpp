#include "framework/data/random_access_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "framework/core/error.h"

namespace twinset {
namespace {

[[noreturn]] void fail(const std::filesystem::path& path, const std::string& what) {
  throw DataError({.where = path.string(), .what = what, .expected = "a readable file"});
}

}  // namespace

RandomAccessFile::RandomAccessFile(std::filesystem::path path) : path_(std::move(path)) {
  descriptor_ = open(path_.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor_ < 0) fail(path_, fmt::format("can't be opened ({})", std::strerror(errno)));
  struct stat status {};
  if (fstat(descriptor_, &status) != 0 || !S_ISREG(status.st_mode)) {
    close(descriptor_);
    fail(path_, "is no regular file");
  }
  size_ = status.st_size;
}

RandomAccessFile::~RandomAccessFile() { close(descriptor_); }

std::string RandomAccessFile::read(int64_t offset, int64_t size) const {
  std::string bytes(static_cast<size_t>(size), '\0');
  size_t filled = 0;
  while (filled < bytes.size()) {
    const ssize_t got = pread(descriptor_, bytes.data() + filled, bytes.size() - filled,
                              offset + static_cast<int64_t>(filled));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0)
      fail(path_, fmt::format("can't be read at byte {} ({})", offset, std::strerror(errno)));
    if (got == 0) {
      fail(path_, fmt::format("ends at byte {}, {} bytes before the end of what was asked for",
                              offset + static_cast<int64_t>(filled), bytes.size() - filled));
    }
    filled += static_cast<size_t>(got);
  }
  return bytes;
}

}  // namespace twinset
