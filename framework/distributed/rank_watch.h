// Private to this folder: which rank is to blame when ranks wait for each other in vain.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <torch/csrc/distributed/c10d/Store.hpp>
#include <vector>

#include "framework/distributed/launch_environment.h"

namespace twinset {

/// Every rank counts up a key of its own twice a second. A rank that is asked to diagnose reads all
/// counters: one that stands still is gone, wherever the error came up first. Where nothing raises
/// an error (a GPU that waits for a peer that was killed), the watch ends the process itself after
/// the time-out.
class RankWatch {
 public:
  /// @param store  a connection of its own, which nothing else waits on
  RankWatch(c10::intrusive_ptr<c10d::Store> store, const LaunchEnvironment& environment,
            std::chrono::milliseconds timeout);
  /// Says that this rank is done, and as the store's host waits a while for ranks that still want
  /// to know what happened.
  ~RankWatch();

  /// Looks for a few seconds for ranks that are gone or failed: "rank 3 (pid 123 on host) is gone",
  /// or "" if all are well.
  std::string diagnose();
  /// What is known without looking: a rank that reported a failure, or one silent for longer than
  /// the time-out; "" if all are well.
  std::string problem();
  /// Tells the others why this rank ends.
  void report_failure(const std::string& message);
  /// Between the two calls this rank waits for others.
  void begin_wait(const std::string& what);
  void end_wait();
  void set(const std::string& key, const std::string& value);
  /// The value of a key, or "" while it is not there. Throws if the store is gone.
  std::string find(const std::string& key);

 private:
  using Clock = std::chrono::steady_clock;
  struct Pulse {
    std::string count;
    Clock::time_point changed;
  };
  void run();
  /// The ranks whose counter has stood still for longer than `limit`, as in `diagnose`. Throws if
  /// the store does not answer.
  std::string silent_since(Clock::duration limit, std::vector<Pulse>& pulses);
  std::string name_of(int64_t rank);
  std::string store_is_gone() const;
  std::string verdict_key() const;
  std::string key_of(const char* kind, int64_t rank) const;

  c10::intrusive_ptr<c10d::Store> store_;
  LaunchEnvironment environment_;
  std::chrono::milliseconds timeout_;
  std::vector<Pulse> pulses_;
  std::mutex mutex_;
  std::condition_variable ending_;
  bool is_ending_ = false;
  bool has_failed_ = false;
  std::string problem_;
  std::string waiting_for_;
  Clock::time_point waiting_since_;
  std::thread thread_;
};

}  // namespace twinset
