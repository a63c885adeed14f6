#include "framework/sweep/status.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "framework/core/logging.h"

namespace twinset {
namespace {

// One line of an error; the whole stands in the manifest and in the job's log.
std::string first_line(const std::string& text, size_t max_length) {
  std::string line = text.substr(0, text.find('\n'));
  if (line.size() > max_length) line = line.substr(0, max_length - 3) + "...";
  return line;
}

// "1.2 s", "3 min 20 s", "5 h 10 min"
std::string duration_text(double seconds) {
  if (seconds < 9.95) return fmt::format("{:.1f} s", seconds);
  const auto whole = static_cast<int64_t>(seconds + 0.5);
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {} s", whole / 60, whole % 60);
  return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
}

}  // namespace

JobCounts count_jobs(Manifest& manifest) {
  JobCounts counts{.complete = manifest.count(JobState::kComplete),
                   .failed = manifest.count(JobState::kFailed),
                   .running = manifest.count(JobState::kRunning),
                   .submitted = manifest.count(JobState::kSubmitted),
                   .interrupted = manifest.count(JobState::kInterrupted),
                   .pending = manifest.count(JobState::kPending)};
  counts.total = counts.complete + counts.failed + counts.running + counts.submitted +
                 counts.interrupted + counts.pending;
  return counts;
}

std::string status_text(const JobCounts& counts, int64_t num_ended, double seconds) {
  std::string text =
      fmt::format("{}/{} done, {} running", counts.complete, counts.total, counts.running);
  if (counts.submitted > 0) text += fmt::format(", {} queued", counts.submitted);
  text += fmt::format(", {} failed", counts.failed);
  const int64_t left = counts.pending + counts.submitted + counts.running;
  if (num_ended > 0 && left > 0) {
    text += fmt::format(", about {} left", duration_text(seconds / static_cast<double>(num_ended) *
                                                         static_cast<double>(left)));
  }
  return text;
}

StatusLine::StatusLine() : is_terminal_(::isatty(STDERR_FILENO) != 0) {}

StatusLine::~StatusLine() {
  if (is_drawn_) std::fputs("\r\033[K", stderr);
}

void StatusLine::show(const JobCounts& counts, const std::vector<JobRecord>& ended) {
  num_ended_ += static_cast<int64_t>(ended.size());
  const std::string status =
      status_text(counts, num_ended_, std::chrono::duration<double>(Clock::now() - begin_).count());
  if (is_drawn_ && !ended.empty()) std::fputs("\r\033[K", stderr);
  for (const JobRecord& job : ended) {
    const std::string tail = job.error.empty() ? "" : ": " + first_line(job.error, 200);
    const std::string state =
        job.state == JobState::kPending ? "failed, will be tried again" : job_state_name(job.state);
    const std::string line = fmt::format("job {} {} after {} ({}){}", job.number, state,
                                         duration_text(job.seconds), job.job.folder, tail);
    if (job.error.empty()) {
      log_info("{}{}", line, is_terminal_ ? "" : "  [" + status + "]");
    } else {
      log_warning("{}{}", line, is_terminal_ ? "" : "  [" + status + "]");
    }
  }
  if (!is_terminal_) return;
  std::fputs(("\r\033[K" + status).c_str(), stderr);
  std::fflush(stderr);
  is_drawn_ = true;
}

std::string summary_table(const std::vector<JobRecord>& jobs, size_t max_rows) {
  size_t folder_width = 6;
  std::vector<const JobRecord*> rows;
  for (const JobRecord& job : jobs) {
    if (jobs.size() > max_rows && job.state == JobState::kComplete) continue;
    rows.push_back(&job);
    folder_width = std::clamp(job.job.folder.size(), folder_width, size_t{60});
  }
  if (rows.empty()) return "";
  std::string text = fmt::format("{:>5}  {:<11}  {:>5}  {:>11}  {:<12}  {:<{}}\n", "job", "state",
                                 "tries", "time", "host", "folder", folder_width);
  for (const JobRecord* job : rows) {
    text += fmt::format("{:>5}  {:<11}  {:>5}  {:>11}  {:<12}  {:<{}}{}\n", job->number,
                        job_state_name(job->state), job->num_tries,
                        job->seconds > 0 ? duration_text(job->seconds) : "",
                        first_line(job->worker.host, 12), first_line(job->job.folder, 60),
                        folder_width, job->error.empty() ? "" : "  " + first_line(job->error, 160));
  }
  return text;
}

}  // namespace twinset
