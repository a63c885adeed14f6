#include "framework/sweep/sweep.h"

#include <fmt/format.h>

#include <cctype>
#include <chrono>

#include "framework/core/error.h"
#include "framework/core/interrupt.h"
#include "framework/core/logging.h"

namespace twinset {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

// A folder that a job with another configuration filled must not be taken for this one's.
void move_aside(const std::filesystem::path& sweep_folder, const Manifest& manifest, const SweepJob& job) {
  for (const JobRecord& record : manifest.jobs()) {
    const std::filesystem::path folder = sweep_folder / job.folder;
    if (record.folder != job.folder || record.digest == job.digest || !std::filesystem::exists(folder)) continue;
    const std::filesystem::path aside = sweep_folder / fmt::format("{}.{}", job.folder, record.digest);
    std::filesystem::remove_all(aside);
    std::filesystem::rename(folder, aside);
    log_info("{}: its configuration changed; the earlier run is now {}", folder.string(), aside.string());
  }
}

}  // namespace

SweepSummary run_sweep(const std::vector<SweepJob>& jobs, const std::filesystem::path& folder, const JobBody& body) {
  Manifest manifest(folder);
  SweepSummary summary;
  std::vector<const SweepJob*> waiting;
  for (size_t i = 0; i < jobs.size(); ++i) {
    move_aside(folder, manifest, jobs[i]);
    const JobRecord& record = manifest.job(static_cast<int64_t>(i), jobs[i].overrides, jobs[i].folder, jobs[i].digest);
    if (record.state == JobState::kComplete && std::filesystem::exists(folder / jobs[i].folder / "result.json")) {
      ++summary.num_reused;
      ++summary.num_complete;
    } else {
      waiting.push_back(&jobs[i]);
    }
  }
  manifest.save();
  log_info("sweep of {} jobs in {}: {} complete, {} to run", jobs.size(), folder.string(), summary.num_complete, waiting.size());

  const Clock::time_point begin = Clock::now();
  for (size_t k = 0; k < waiting.size(); ++k) {
    if (interrupt_requested()) break;
    const SweepJob& job = *waiting[k];
    const double left = k == 0 ? 0 : seconds_since(begin) / static_cast<double>(k) * static_cast<double>(waiting.size() - k);
    log_info("job {}/{}: {}{}", k + 1, waiting.size(), job.folder,
             k == 0 ? "" : fmt::format("  (about {:.0f} s left in all)", left));
    JobRecord& record = manifest.job(&job - jobs.data(), job.overrides, job.folder, job.digest);
    record.state = JobState::kRunning;
    ++record.num_tries;
    record.error.clear();
    manifest.save();
    const Clock::time_point job_begin = Clock::now();
    try {
      std::filesystem::create_directories(folder / job.folder);
      record.state = body(job, folder / job.folder) ? JobState::kComplete : JobState::kInterrupted;
    } catch (const Interrupted&) {
      record.state = JobState::kInterrupted;
    } catch (const std::exception& error) {
      record.state = JobState::kFailed;
      record.error = error.what();
      log_error("job failed: {}", error.what());
    }
    record.seconds = seconds_since(job_begin);
    manifest.save();
    summary.num_complete += record.state == JobState::kComplete;
    summary.num_failed += record.state == JobState::kFailed;
    if (record.state == JobState::kInterrupted) break;
  }
  summary.is_interrupted = interrupt_requested();
  return summary;
}

std::string job_folder_name(int64_t index, const std::vector<std::string>& overrides) {
  std::string name = fmt::format("{}", fmt::join(overrides, ","));
  for (char& c : name) {
    if (!std::isalnum(static_cast<unsigned char>(c)) && std::string_view("=,._-").find(c) == std::string_view::npos) c = '_';
  }
  // A file name has at most 255 bytes; a longer one keeps its beginning and the number.
  if (name.size() > 200) name = fmt::format("{}_{}", name.substr(0, 180), index);
  return name.empty() ? fmt::format("{}", index) : name;
}

}  // namespace twinset
