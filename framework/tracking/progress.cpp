#include "framework/tracking/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "framework/core/logging.h"

namespace twinset {

std::string duration_text(double seconds) {
  const int64_t s = static_cast<int64_t>(seconds + 0.5);
  if (s < 60) return fmt::format("{} s", s);
  if (s < 3600) return fmt::format("{}m{:02}s", s / 60, s % 60);
  return fmt::format("{}h{:02}m", s / 3600, s / 60 % 60);
}

Progress::Progress(std::string title, int64_t total_steps, std::string unit, double unit_per_step,
                   double log_seconds)
    : title_(std::move(title)),
      unit_(std::move(unit)),
      total_(total_steps),
      unit_per_step_(unit_per_step),
      log_seconds_(log_seconds),
      begin_(Clock::now()),
      printed_(begin_),
      is_terminal_(::isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() { finish(); }

void Progress::set_start(int64_t step) {
  start_ = step_ = step;
  begin_ = printed_ = Clock::now();
}

void Progress::update(int64_t step, std::string_view note) {
  step_ = step;
  note_ = note;
  const double since = std::chrono::duration<double>(Clock::now() - printed_).count();
  if (since < (is_terminal_ ? 0.1 : log_seconds_)) return;
  print(step, note, false);
  printed_ = Clock::now();
}

void Progress::finish() {
  if (std::exchange(is_finished_, true)) return;
  if (step_ > start_) print(step_, note_, true);
}

void Progress::print(int64_t step, std::string_view note, bool is_last) {
  const double seconds = std::chrono::duration<double>(Clock::now() - begin_).count();
  const double rate = static_cast<double>(step - start_) / std::max(seconds, 1e-9);
  const double left = static_cast<double>(total_ - step) / std::max(rate, 1e-9);
  const std::string time = is_last ? "in " + duration_text(seconds) : duration_text(left) + " left";
  std::string line =
      fmt::format("{}  {}/{} [{} %]  {:.0f} {}/s", title_, step, total_,
                  100 * step / std::max<int64_t>(1, total_), rate * unit_per_step_, unit_);
  if (!note.empty()) line += fmt::format("  {}", note);
  line += "  " + time;
  if (!is_terminal_) return log_info("{}", line);
  std::fputs(fmt::format("\r\033[K{}{}", line, is_last ? "\n" : "").c_str(), stderr);
  std::fflush(stderr);
}

}  // namespace twinset
