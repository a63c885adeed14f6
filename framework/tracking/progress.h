#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace twinset {

/// One line that tells how far long work is and how long it will take: rewritten in place on a
/// terminal (at most ten times a second), printed every `log_seconds` otherwise.
///
///   train  120/375 [32 %]  611 products/s  loss 2.31  1m02s left
class Progress {
 public:
  /// @param unit_per_step  what one step does of `unit`, for the rate: 256 products
  Progress(std::string title, int64_t total_steps, std::string unit, double unit_per_step = 1.0,
           double log_seconds = 10.0);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// Work that was done before, by an interrupted run: not counted in the rate.
  void set_start(int64_t step);
  void update(int64_t step, std::string_view note = "");
  /// Ends the line; the destructor does it too.
  void finish();

 private:
  using Clock = std::chrono::steady_clock;
  void print(int64_t step, std::string_view note, bool is_last);

  std::string title_, unit_;
  int64_t total_, start_ = 0, step_ = 0;
  double unit_per_step_, log_seconds_;
  Clock::time_point begin_, printed_;
  bool is_terminal_, is_finished_ = false;
  std::string note_;
};

/// "48 s", "1m02s", "2h05m".
std::string duration_text(double seconds);

}  // namespace twinset
