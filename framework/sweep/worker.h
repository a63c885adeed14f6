#pragma once

#include <cstdint>
#include <string>

namespace twinset {

/// A process that runs jobs of a sweep, so that any other can tell whether it still lives.
struct Worker {
  std::string host;
  int64_t process = 0;
  int64_t process_start =
      0;  ///< clock ticks after boot: a later process with the same id is another worker

  friend bool operator==(const Worker&, const Worker&) = default;
};

/// This process. Another value after fork.
Worker this_worker();

/// Whether a worker of this host is running; one of another host can't be asked.
bool is_running_here(const Worker& worker);

}  // namespace twinset
