#include "framework/sweep/subprocess.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include "framework/core/error.h"

namespace twinset {
namespace {

struct Pipe {
  std::array<int, 2> ends{-1, -1};
  Pipe() {
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
      throw SystemError({.what = std::string("can't make a pipe: ") + std::strerror(errno)});
  }
  ~Pipe() {
    for (int end : ends) {
      if (end >= 0) ::close(end);
    }
  }
  void close_writing() { ::close(std::exchange(ends[1], -1)); }
};

void read_both(std::array<pollfd, 2> open, std::array<std::string*, 2> texts) {
  char buffer[8192];
  while (open[0].fd >= 0 || open[1].fd >= 0) {
    if (::poll(open.data(), open.size(), -1) < 0) continue;
    for (size_t i = 0; i < open.size(); ++i) {
      if (open[i].fd < 0 || open[i].revents == 0) continue;
      const ssize_t count = ::read(open[i].fd, buffer, sizeof buffer);
      if (count > 0) texts[i]->append(buffer, static_cast<size_t>(count));
      if (count == 0 || (count < 0 && errno != EINTR)) open[i].fd = -1;
    }
  }
}

}  // namespace

CommandResult run_command(const std::vector<std::string>& arguments) {
  Pipe output, error;
  const pid_t process = ::fork();
  if (process < 0)
    throw SystemError(
        {.where = arguments[0], .what = std::string("can't be started: ") + std::strerror(errno)});
  if (process == 0) {
    ::setpgid(0, 0);
    ::dup2(output.ends[1], STDOUT_FILENO);
    ::dup2(error.ends[1], STDERR_FILENO);
    std::vector<char*> pointers;
    for (const std::string& argument : arguments)
      pointers.push_back(const_cast<char*>(argument.c_str()));
    pointers.push_back(nullptr);
    ::signal(SIGINT, SIG_DFL);
    ::signal(SIGTERM, SIG_DFL);
    ::execvp(pointers[0], pointers.data());
    ::_exit(127);
  }
  output.close_writing();
  error.close_writing();
  CommandResult result;
  read_both({{{output.ends[0], POLLIN, 0}, {error.ends[0], POLLIN, 0}}},
            {&result.output, &result.error});
  int status = 0;
  while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  result.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return result;
}

}  // namespace twinset
