#include "experiments/pinlanding/file_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "framework/core/error.h"

namespace twinset::pinlanding {

FileLock::FileLock(const std::filesystem::path& file, Kind kind, bool waits) {
  std::filesystem::create_directories(file.parent_path());
  descriptor_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor_ < 0)
    throw SystemError({.where = file.string(),
                       .what = fmt::format("can't be opened ({})", std::strerror(errno))});
  const int operation = (kind == Kind::kShared ? LOCK_SH : LOCK_EX) | (waits ? 0 : LOCK_NB);
  int result = 0;
  do result = ::flock(descriptor_, operation);
  while (result != 0 && errno == EINTR);
  if (result == 0) return;
  ::close(descriptor_);
  throw SystemError({.where = file.parent_path().string(),
                     .what = "another process works in this folder",
                     .todo = "wait for it, or name another folder"});
}

FileLock::~FileLock() { ::close(descriptor_); }

}  // namespace twinset::pinlanding
