// Starts ranks on this machine.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace twinset {

/// How to start ranks.
struct LaunchRequest {
  int64_t ranks = 1;
  std::vector<std::string> command;  ///< program and arguments; the program is looked for on PATH
  double grace_seconds = 10;  ///< between the polite end of the others (SIGTERM) and the hard one
                              ///< (SIGKILL) after a failure
  std::function<void(int64_t rank, pid_t pid)> on_start;  ///< empty: nothing
  /// Every line that a rank writes; empty: to standard output or error, with the prefix "[rank] ".
  std::function<void(int64_t rank, bool is_error, const std::string& line)> on_line;
};

/// Runs the command once a rank and waits: the same environment as torchrun gives (RANK,
/// WORLD_SIZE, LOCAL_RANK, MASTER_ADDR, MASTER_PORT), with the store on a free port of this
/// machine, and the cores shared (OMP_NUM_THREADS, unless it is set). Once a rank ends with an
/// error or by a signal, the others are ended. SIGINT and SIGTERM (core/interrupt.h) are passed on,
/// and the ranks then waited for.
///
/// @return 0, or the status of the rank that ended first with an error: its exit code, or 128 + the
/// signal that ended it
/// @throws SystemError if a process can't be started
int launch_ranks(const LaunchRequest& request);

}  // namespace twinset
