// A thread that writes what others finish, a bounded number of pieces behind them.
#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>

namespace twinset::pinlanding {

/// Calls write(piece) in the order of `put`, in one thread of its own.
template <class Piece>
class BackgroundWriter {
 public:
  BackgroundWriter(size_t most_waiting, std::function<void(Piece&)> write)
      : most_waiting_(most_waiting), write_(std::move(write)), thread_([this] { run(); }) {}
  /// Writes what is waiting; errors are lost unless `finish` was called.
  ~BackgroundWriter() { end(); }
  BackgroundWriter(const BackgroundWriter&) = delete;
  BackgroundWriter& operator=(const BackgroundWriter&) = delete;

  /// Hands a piece over; waits while `most_waiting` are waiting. @throws what an earlier write
  /// threw
  void put(Piece piece) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return waiting_.size() < most_waiting_ || error_; });
    if (error_) std::rethrow_exception(error_);
    waiting_.push_back(std::move(piece));
    changed_.notify_all();
  }

  /// Waits until all that was handed over is written. @throws what a write threw
  void wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return (waiting_.empty() && !is_writing_) || error_; });
    if (error_) std::rethrow_exception(error_);
  }

  /// Writes what is waiting and ends the thread. @throws what a write threw
  void finish() {
    end();
    if (error_) std::rethrow_exception(error_);
  }

 private:
  void end() {
    {
      const std::lock_guard lock(mutex_);
      is_ending_ = true;
      changed_.notify_all();
    }
    if (thread_.joinable()) thread_.join();
  }

  void run() {
    for (;;) {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return !waiting_.empty() || is_ending_; });
      if (waiting_.empty()) return;
      Piece piece = std::move(waiting_.front());
      waiting_.pop_front();
      is_writing_ = true;
      changed_.notify_all();
      lock.unlock();
      std::exception_ptr error;
      try {
        write_(piece);
      } catch (...) {
        error = std::current_exception();
      }
      lock.lock();
      is_writing_ = false;
      error_ = error;
      changed_.notify_all();
      if (error) return;
    }
  }

  size_t most_waiting_;
  std::function<void(Piece&)> write_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Piece> waiting_;
  bool is_ending_ = false, is_writing_ = false;
  std::exception_ptr error_;
  std::thread thread_;  // last: it uses the others
};

}  // namespace twinset::pinlanding
