#include "framework/distributed/process_launcher.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "framework/core/error.h"
#include "framework/core/interrupt.h"
#include "framework/core/logging.h"
#include "framework/core/thread_pool.h"
#include "framework/distributed/store_server.h"

extern char** environ;

namespace twinset {
namespace {

using Clock = std::chrono::steady_clock;

// One of a rank's two streams, cut into lines.
struct Stream {
  int64_t rank;
  bool is_error;
  int fd;
  std::string rest;
};

struct Child {
  pid_t pid = -1;
  bool is_running = true;
};

std::vector<std::string> environment_of(int64_t rank, const LaunchRequest& request, int64_t port) {
  std::vector<std::pair<std::string, std::string>> own = {
      {"RANK", std::to_string(rank)},
      {"WORLD_SIZE", std::to_string(request.ranks)},
      {"LOCAL_RANK", std::to_string(rank)},
      {"LOCAL_WORLD_SIZE", std::to_string(request.ranks)},
      {"MASTER_ADDR", "127.0.0.1"},
      {"MASTER_PORT", std::to_string(port)},
      {"TORCHELASTIC_USE_AGENT_STORE", "True"},
      {"TORCHELASTIC_RESTART_COUNT", "0"},
      {"TWINSET_LAUNCH", "1"}};
  if (std::getenv("OMP_NUM_THREADS") == nullptr) {
    own.emplace_back("OMP_NUM_THREADS",
                     std::to_string(std::max<int64_t>(1, available_cores() / request.ranks)));
  }
  std::vector<std::string> result;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const auto is_own = [&](const auto& pair) { return text.rfind(pair.first + "=", 0) == 0; };
    if (std::none_of(own.begin(), own.end(), is_own)) result.push_back(text);
  }
  for (const auto& [name, value] : own) result.push_back(name + "=" + value);
  return result;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

class Launch {
 public:
  explicit Launch(const LaunchRequest& request) : request_(request) {}
  ~Launch() {
    for (Child& child : children_) {
      if (child.is_running) ::kill(child.pid, SIGKILL), ::waitpid(child.pid, nullptr, 0);
    }
    for (Stream& stream : streams_) {
      if (stream.fd >= 0) ::close(stream.fd);
    }
  }

  int run() {
    for (int64_t rank = 0; rank < request_.ranks; ++rank) start(rank);
    while (std::any_of(children_.begin(), children_.end(),
                       [](const Child& child) { return child.is_running; })) {
      read_output(100);
      reap();
      if (interrupt_requested() && !is_ending_) {
        log_info("passing the interrupt on to all ranks, which save and end");
        end_others(Clock::time_point::max());
      }
      if (is_ending_ && Clock::now() > deadline_) {
        for (Child& child : children_) {
          if (child.is_running) ::kill(child.pid, SIGKILL);
        }
      }
    }
    while (read_output(0)) continue;
    for (Stream& stream : streams_) {
      if (!stream.rest.empty()) write_line(stream, stream.rest);
    }
    return status_;
  }

 private:
  void start(int64_t rank) {
    std::array<std::array<int, 2>, 2> pipes{};
    for (auto& pipe : pipes) {
      if (::pipe2(pipe.data(), O_CLOEXEC) != 0)
        throw SystemError({.where = "launch",
                           .what = fmt::format("can't make a pipe: {}", std::strerror(errno))});
    }
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, pipes[0][1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, pipes[1][1], STDERR_FILENO);
    // A group of its own: Ctrl-C reaches ranks through the launcher, once.
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    std::vector<std::string> arguments = request_.command;
    std::vector<std::string> environment = environment_of(rank, request_, server_.port());
    Child child;
    const int error =
        ::posix_spawnp(&child.pid, arguments[0].c_str(), &actions, &attributes,
                       pointers_to(arguments).data(), pointers_to(environment).data());
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    for (size_t i = 0; i < 2; ++i) {
      ::close(pipes[i][1]);
      streams_.push_back({rank, i == 1, pipes[i][0], ""});
    }
    if (error != 0) {
      throw SystemError(
          {.where = "launch",
           .what = fmt::format("can't start '{}': {}", arguments[0], std::strerror(error)),
           .expected = "a program",
           .todo = "name it with its folder, or put it on PATH"});
    }
    children_.push_back(child);
    if (request_.on_start) request_.on_start(rank, child.pid);
  }

  // True if something was read.
  bool read_output(int wait_ms) {
    std::vector<pollfd> polls;
    for (const Stream& stream : streams_) polls.push_back({stream.fd, POLLIN, 0});
    if (::poll(polls.data(), polls.size(), wait_ms) <= 0) return false;
    bool has_read = false;
    for (size_t i = 0; i < polls.size(); ++i) {
      if ((polls[i].revents & (POLLIN | POLLHUP | POLLERR)) == 0) continue;
      Stream& stream = streams_[i];
      std::array<char, 8192> bytes;
      const ssize_t size = ::read(stream.fd, bytes.data(), bytes.size());
      if (size <= 0) {
        ::close(stream.fd);
        stream.fd = -1;
        continue;
      }
      has_read = true;
      stream.rest.append(bytes.data(), static_cast<size_t>(size));
      for (size_t end = stream.rest.find('\n'); end != std::string::npos;
           end = stream.rest.find('\n')) {
        write_line(stream, stream.rest.substr(0, end));
        stream.rest.erase(0, end + 1);
      }
    }
    return has_read;
  }

  void write_line(const Stream& stream, const std::string& line) {
    if (request_.on_line) return request_.on_line(stream.rank, stream.is_error, line);
    std::FILE* out = stream.is_error ? stderr : stdout;
    std::fputs(fmt::format("[{}] {}\n", stream.rank, line).c_str(), out);
    std::fflush(out);
  }

  void reap() {
    for (size_t rank = 0; rank < children_.size(); ++rank) {
      Child& child = children_[rank];
      int state = 0;
      if (!child.is_running || ::waitpid(child.pid, &state, WNOHANG) != child.pid) continue;
      child.is_running = false;
      const int status = WIFSIGNALED(state) ? 128 + WTERMSIG(state) : WEXITSTATUS(state);
      if (status == 0 || status_ != 0) continue;
      status_ = status;
      if (is_ending_) continue;
      const std::string how = WIFSIGNALED(state)
                                  ? fmt::format("was ended by signal {} ({})", WTERMSIG(state),
                                                ::strsignal(WTERMSIG(state)))
                                  : fmt::format("ended with status {}", status);
      const bool is_alone = std::none_of(children_.begin(), children_.end(),
                                         [](const Child& other) { return other.is_running; });
      log_error("rank {} (pid {}) {}{}", rank, child.pid, how,
                is_alone ? "" : "; ending the other ranks");
      end_others(Clock::now() +
                 std::chrono::milliseconds(static_cast<int64_t>(request_.grace_seconds * 1000)));
    }
  }

  void end_others(Clock::time_point deadline) {
    is_ending_ = true;
    deadline_ = deadline;
    for (Child& child : children_) {
      if (child.is_running) ::kill(child.pid, SIGTERM);
    }
  }

  const LaunchRequest& request_;
  StoreServer server_;
  std::vector<Child> children_;
  std::vector<Stream> streams_;
  int status_ = 0;
  bool is_ending_ = false;
  Clock::time_point deadline_;
};

}  // namespace

int launch_ranks(const LaunchRequest& request) {
  if (request.ranks < 1 || request.command.empty()) {
    throw ConfigError(
        {.where = "launch",
         .what = fmt::format("{} ranks of '{}'", request.ranks, fmt::join(request.command, " ")),
         .expected = "at least one rank and a command",
         .todo = "for example: twinset launch --ranks 2 train loss=sigmoid"});
  }
  return Launch(request).run();
}

}  // namespace twinset
