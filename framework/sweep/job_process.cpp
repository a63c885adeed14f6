#include "framework/sweep/job_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>

#include "framework/core/interrupt.h"
#include "framework/core/logging.h"

namespace twinset {
namespace {

constexpr int kInterruptedStatus = 130;

int64_t number_of_threads() {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("Threads:", 0) == 0) return std::stoll(line.substr(8));
  }
  return 1;
}

/// How many processes of this control group the kernel has ended for want of memory, by either
/// version of the interface.
int64_t count_oom_kills() {
  for (const char* path :
       {"/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control"}) {
    std::ifstream file(path);
    for (std::string name; file >> name;) {
      int64_t value = 0;
      if (file >> value && name == "oom_kill") return value;
    }
  }
  return 0;
}

std::string signal_text(int number, int64_t oom_kills_before) {
  std::string text = fmt::format("was ended by signal {} ({})", number, ::strsignal(number));
  if (number == SIGKILL && count_oom_kills() > oom_kills_before)
    text += ": the kernel had no memory left";
  return text;
}

void open_log(const std::filesystem::path& folder) {
  const std::string log = (folder / "job.log").string();
  const int file = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  if (file < 0)
    throw SystemError(
        {.where = log, .what = fmt::format("can't open the log: {}", std::strerror(errno))});
  ::dup2(file, STDOUT_FILENO);
  ::dup2(file, STDERR_FILENO);
  ::close(file);
  if (const int null = ::open("/dev/null", O_RDONLY); null >= 0) {
    ::dup2(null, STDIN_FILENO);
    ::close(null);
  }
}

// The lock lasts until the last process that inherited the descriptor has ended.
void lock_folder(const std::filesystem::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY);
  if (descriptor < 0)
    throw SystemError({.where = folder.string(),
                       .what = fmt::format("can't open the folder: {}", std::strerror(errno))});
  if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) return;
  log_info("an earlier try of this job still holds its folder; waiting for it to end");
  while (::flock(descriptor, LOCK_EX) != 0) {
    if (interrupt_requested()) throw Interrupted({.what = "interrupted"});
  }
}

void use_cores(const std::vector<int>& cores) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (const int core : cores) CPU_SET(core, &set);
  ::sched_setaffinity(0, sizeof set, &set);
  ::setenv("OMP_NUM_THREADS", std::to_string(cores.size()).c_str(), 1);
}

JobOutcome run_body(const JobProcessRequest& request) {
  JobOutcome outcome;
  try {
    open_log(request.folder);
    lock_folder(request.folder);
    if (!request.cores.empty()) use_cores(request.cores);
    for (const auto& [name, value] : request.environment) ::setenv(name.c_str(), value.c_str(), 1);
    outcome.state = request.body();
  } catch (const Interrupted&) {
    outcome.state = JobState::kInterrupted;
  } catch (const std::exception& error) {
    log_error("{}", error.what());
    outcome.error = error.what();
  }
  return outcome;
}

[[noreturn]] void be_child(const JobProcessRequest& request, int pipe, pid_t parent) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) ::_exit(kInterruptedStatus);
  request_interrupt(false);
  const JobOutcome outcome = run_body(request);
  std::fflush(nullptr);
  const std::string error = outcome.error.substr(0, 4000);  // fits a pipe: never blocks
  if (::write(pipe, error.data(), error.size()) < 0) ::_exit(1);
  // No destructors and no exit handlers: they belong to the process that this one is a copy of.
  ::_exit(outcome.state == JobState::kComplete      ? 0
          : outcome.state == JobState::kInterrupted ? kInterruptedStatus
                                                    : 1);
}

}  // namespace

JobProcess::JobProcess(const JobProcessRequest& request)
    : folder_(request.folder), oom_kills_before_(count_oom_kills()) {
  if (number_of_threads() != 1) {
    throw SystemError(
        {.what = fmt::format("this process has {} threads, and a job can't be a copy of it",
                             number_of_threads()),
         .todo = "use launcher=in_process"});
  }
  std::filesystem::create_directories(folder_);
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    throw SystemError({.what = fmt::format("can't make a pipe: {}", std::strerror(errno))});
  std::fflush(nullptr);
  const pid_t parent = ::getpid();
  process_ = ::fork();
  if (process_ == 0) {
    ::close(ends[0]);
    be_child(request, ends[1], parent);
  }
  const int reason = errno;
  ::close(ends[1]);
  pipe_ = ends[0];
  if (process_ < 0) {
    ::close(pipe_);
    throw SystemError(
        {.what = fmt::format("can't start a process for a job: {}", std::strerror(reason))});
  }
  ::setpgid(process_, process_);  // here too: whoever comes first
}

JobProcess::JobProcess(JobProcess&& other) noexcept
    : folder_(std::move(other.folder_)),
      process_(std::exchange(other.process_, -1)),
      pipe_(std::exchange(other.pipe_, -1)),
      oom_kills_before_(other.oom_kills_before_),
      outcome_(std::move(other.outcome_)) {}

JobProcess::~JobProcess() {
  if (process_ > 0) {
    interrupt();
    while (!has_ended()) wait_for_any({this}, std::chrono::milliseconds(50));
  }
  if (pipe_ >= 0) ::close(pipe_);
}

void JobProcess::interrupt() const {
  if (process_ > 0) ::kill(-process_, SIGTERM);
}

bool JobProcess::has_ended() {
  if (process_ < 0) return true;
  int status = 0;
  const pid_t ended = ::waitpid(process_, &status, WNOHANG);
  if (ended == 0 || (ended < 0 && errno == EINTR)) return false;
  ::kill(-process_, SIGKILL);  // what the job started and left behind
  process_ = -1;
  if (WIFSIGNALED(status)) {
    outcome_.error =
        fmt::format("{}; its log is {}", signal_text(WTERMSIG(status), oom_kills_before_),
                    (folder_ / "job.log").string());
    return true;
  }
  char buffer[4096];
  for (ssize_t count = 0; (count = ::read(pipe_, buffer, sizeof buffer)) > 0;)
    outcome_.error.append(buffer, static_cast<size_t>(count));
  const int code = WEXITSTATUS(status);
  if (code == 0) {
    outcome_.state = JobState::kComplete;
    outcome_.result = read_job_result(folder_);
  } else if (code == kInterruptedStatus && outcome_.error.empty()) {
    outcome_.state = JobState::kInterrupted;
  } else if (outcome_.error.empty()) {
    outcome_.error = fmt::format("exited with status {} without a message; its log is {}", code,
                                 (folder_ / "job.log").string());
  }
  return true;
}

void wait_for_any(const std::vector<const JobProcess*>& processes,
                  std::chrono::milliseconds timeout) {
  std::vector<pollfd> descriptors;
  for (const JobProcess* process : processes)
    descriptors.push_back({process->descriptor(), POLLIN, 0});
  ::poll(descriptors.data(), descriptors.size(), static_cast<int>(timeout.count()));
}

namespace {

/// Its status once it has ended; passes an interrupt on.
int wait_for_program(pid_t process) {
  const int descriptor =
      static_cast<int>(::syscall(SYS_pidfd_open, process, 0));  // ready when the process ends
  pollfd event{descriptor, POLLIN, 0};
  int status = 0;
  for (bool is_passed_on = false; ::waitpid(process, &status, WNOHANG) == 0;) {
    if (interrupt_requested() && !std::exchange(is_passed_on, true)) ::kill(process, SIGTERM);
    ::poll(&event, descriptor >= 0 ? 1 : 0, descriptor >= 0 ? 200 : 20);
  }
  if (descriptor >= 0) ::close(descriptor);
  return status;
}

}  // namespace

JobState run_program(const std::vector<std::string>& arguments, const std::filesystem::path& folder,
                     const std::map<std::string, std::string>& environment) {
  // Signals wait until the child has put off this process's handlers, or they would be lost in
  // between.
  sigset_t all, before;
  ::sigfillset(&all);
  ::sigprocmask(SIG_SETMASK, &all, &before);
  const pid_t parent = ::getpid();
  const pid_t process = ::fork();
  if (process != 0) ::sigprocmask(SIG_SETMASK, &before, nullptr);
  if (process < 0)
    throw SystemError(
        {.where = arguments[0], .what = fmt::format("can't be started: {}", std::strerror(errno))});
  if (process == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    std::vector<char*> pointers;
    for (const std::string& argument : arguments)
      pointers.push_back(const_cast<char*>(argument.c_str()));
    pointers.push_back(nullptr);
    for (const auto& [name, value] : environment) ::setenv(name.c_str(), value.c_str(), 1);
    ::signal(SIGINT, SIG_DFL);
    ::signal(SIGTERM, SIG_DFL);
    ::sigprocmask(SIG_SETMASK, &before, nullptr);
    if (::getppid() == parent && ::chdir(folder.c_str()) == 0)
      ::execvp(pointers[0], pointers.data());
    const std::string message = fmt::format("{}: can't be started in {}: {}\n", arguments[0],
                                            folder.string(), std::strerror(errno));
    if (::write(STDERR_FILENO, message.data(), message.size()) < 0) ::_exit(126);
    ::_exit(127);
  }
  const int status = wait_for_program(process);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return JobState::kComplete;
  if (interrupt_requested() || (WIFEXITED(status) && WEXITSTATUS(status) == kInterruptedStatus))
    return JobState::kInterrupted;
  throw SystemError({.where = arguments[0],
                     .what = WIFSIGNALED(status)
                                 ? signal_text(WTERMSIG(status), count_oom_kills())
                                 : fmt::format("exited with status {}", WEXITSTATUS(status))});
}

}  // namespace twinset
