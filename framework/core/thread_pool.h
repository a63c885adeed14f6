// A fixed set of threads for independent pieces of work.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace twinset {

/// Cores this process may run on (the affinity mask, not the machine's count); at least 1.
int available_cores();

/// Runs tasks on `num_threads` threads, in order of arrival.
class ThreadPool {
 public:
  explicit ThreadPool(int num_threads);
  /// Finishes the tasks that are queued, then ends the threads.
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  void submit(std::function<void()> task);
  /// Waits until every task has ended; rethrows the first exception that one of them threw.
  void wait();
  int num_threads() const { return static_cast<int>(threads_.size()); }

 private:
  void run();

  std::vector<std::thread> threads_;
  std::deque<std::function<void()>> tasks_;
  std::mutex mutex_;
  std::condition_variable task_ready_;
  std::condition_variable all_done_;
  int num_running_ = 0;
  bool is_ending_ = false;
  std::exception_ptr first_error_;
};

/// Calls `body(i)` for every i in [0, count), spread over `num_threads` threads in small chunks;
/// returns when all ended and rethrows the first exception.
void parallel_for(int64_t count, int num_threads, const std::function<void(int64_t)>& body);

}  // namespace twinset
