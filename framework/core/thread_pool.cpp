#include "framework/core/thread_pool.h"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <utility>

namespace twinset {

int available_cores() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0)
    return std::max(1u, std::thread::hardware_concurrency());
  return std::max(1, CPU_COUNT(&set));
}

ThreadPool::ThreadPool(int num_threads) {
  for (int i = 0; i < std::max(1, num_threads); ++i) threads_.emplace_back([this] { run(); });
}

ThreadPool::~ThreadPool() {
  {
    const std::lock_guard lock(mutex_);
    is_ending_ = true;
  }
  task_ready_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void ThreadPool::submit(std::function<void()> task) {
  {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
  }
  task_ready_.notify_one();
}

void ThreadPool::wait() {
  std::unique_lock lock(mutex_);
  all_done_.wait(lock, [this] { return tasks_.empty() && num_running_ == 0; });
  if (first_error_) std::rethrow_exception(std::exchange(first_error_, nullptr));
}

void ThreadPool::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    task_ready_.wait(lock, [this] { return is_ending_ || !tasks_.empty(); });
    if (tasks_.empty()) return;
    const std::function<void()> task = std::move(tasks_.front());
    tasks_.pop_front();
    ++num_running_;
    lock.unlock();
    std::exception_ptr error;
    try {
      task();
    } catch (...) {
      error = std::current_exception();
    }
    lock.lock();
    if (error && !first_error_) first_error_ = error;
    if (--num_running_ == 0 && tasks_.empty()) all_done_.notify_all();
  }
}

void parallel_for(int64_t count, int num_threads, const std::function<void(int64_t)>& body) {
  num_threads = static_cast<int>(std::clamp<int64_t>(num_threads, 1, std::max<int64_t>(count, 1)));
  if (num_threads == 1) {
    for (int64_t i = 0; i < count; ++i) body(i);
    return;
  }
  const int64_t chunk = std::max<int64_t>(1, count / (num_threads * int64_t{8}));
  std::atomic<int64_t> next{0};
  ThreadPool pool(num_threads);
  for (int t = 0; t < num_threads; ++t) {
    pool.submit([&] {
      for (int64_t begin = next.fetch_add(chunk); begin < count; begin = next.fetch_add(chunk)) {
        const int64_t end = std::min(count, begin + chunk);
        for (int64_t i = begin; i < end; ++i) body(i);
      }
    });
  }
  pool.wait();
}

}  // namespace twinset
