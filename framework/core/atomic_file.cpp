#include "framework/core/atomic_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>

#include "framework/core/error.h"

namespace twinset {

void AtomicFile::fail(const char* action) const {
  const int reason = errno;
  throw SystemError(
      {.where = target_.string(),
       .what = fmt::format("can't {}: {}", action, std::strerror(reason)),
       .todo = reason == ENOSPC ? "free some space; the previous file, if any, is untouched" : ""});
}

AtomicFile::AtomicFile(std::filesystem::path target) : target_(std::move(target)) {
  static std::atomic<uint64_t> serial{0};
  if (target_.has_parent_path()) {
    std::error_code error;
    std::filesystem::create_directories(target_.parent_path(), error);
    if (error) {
      throw SystemError({.where = target_.parent_path().string(),
                         .what = "can't make the folder: " + error.message()});
    }
  }
  temporary_ = target_;
  temporary_ += fmt::format(".tmp-{}-{}", ::getpid(), serial++);
  descriptor_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (descriptor_ < 0) fail("create the file");
}

AtomicFile::~AtomicFile() {
  if (descriptor_ < 0) return;
  ::close(descriptor_);
  ::unlink(temporary_.c_str());
}

void AtomicFile::write(const void* data, size_t num_bytes) {
  const char* bytes = static_cast<const char*>(data);
  while (num_bytes > 0) {
    const ssize_t written = ::write(descriptor_, bytes, num_bytes);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("write");
    bytes += written;
    num_bytes -= static_cast<size_t>(written);
  }
}

void AtomicFile::commit() {
  if (::fsync(descriptor_) != 0) fail("sync");
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) fail("rename the finished file");
  ::close(descriptor_);
  descriptor_ = -1;
  const std::filesystem::path folder = target_.has_parent_path() ? target_.parent_path() : ".";
  const int folder_descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder_descriptor >= 0) {
    ::fsync(folder_descriptor);
    ::close(folder_descriptor);
  }
}

void AtomicFile::commit_unsynced() {
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) fail("rename the finished file");
  ::close(descriptor_);
  descriptor_ = -1;
}

void sync_filesystem(const std::filesystem::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool is_synced = descriptor >= 0 && ::syncfs(descriptor) == 0;
  const int reason = errno;
  if (descriptor >= 0) ::close(descriptor);
  if (!is_synced)
    throw SystemError(
        {.where = folder.string(), .what = fmt::format("can't sync: {}", std::strerror(reason))});
}

void write_file(const std::filesystem::path& path, std::string_view content) {
  AtomicFile file(path);
  file.write(content);
  file.commit();
}

std::string read_file(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const auto fail = [&] {
    throw DataError({.where = path.string(),
                     .what = fmt::format("can't read the file: {}", std::strerror(errno))});
  };
  if (descriptor < 0) fail();
  std::string content;
  struct stat status {};
  if (::fstat(descriptor, &status) == 0 && status.st_size > 0)
    content.reserve(static_cast<size_t>(status.st_size));
  char buffer[65536];
  ssize_t count = 0;
  while ((count = ::read(descriptor, buffer, sizeof buffer)) != 0) {
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      const int reason = errno;
      ::close(descriptor);
      errno = reason;
      fail();
    }
    content.append(buffer, static_cast<size_t>(count));
  }
  ::close(descriptor);
  return content;
}

}  // namespace twinset
