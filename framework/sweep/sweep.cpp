#include "framework/sweep/sweep.h"

#include <fmt/format.h>

#include <cctype>
#include <map>
#include <regex>
#include <thread>

#include "framework/core/error.h"
#include "framework/core/interrupt.h"
#include "framework/core/logging.h"

namespace twinset {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

bool is_final(JobState state) { return state == JobState::kComplete || state == JobState::kFailed; }

/// Asks a search for as many jobs as there is room for, and puts them in the manifest.
class Proposer {
 public:
  Proposer(Manifest& manifest, const RunningSearch& search) : manifest_(manifest), search_(search) {
    if (search.search == nullptr) return;
    for (const JobRecord& job : manifest.jobs()) {
      ++next_;
      if (is_final(job.state)) search.search->tell(job);
    }
    is_done_ = false;
  }

  void propose(int64_t room) {
    for (int64_t left = room - manifest_.count(JobState::kPending); !is_done_ && left > 0; --left) {
      const Proposal proposal = search_.search->ask(next_);
      if (proposal.kind == Proposal::Kind::kWait) return;
      is_done_ = proposal.kind == Proposal::Kind::kDone;
      if (!is_done_) next_ = manifest_.add(search_.plan(next_, proposal.overrides)) + 1;
    }
  }

  void tell(const JobRecord& job) {
    if (search_.search != nullptr && is_final(job.state)) search_.search->tell(job);
  }

  bool is_done() const { return is_done_; }

 private:
  Manifest& manifest_;
  RunningSearch search_;
  int64_t next_ = 0;
  bool is_done_ = true;
};

}  // namespace

FailurePolicy parse_on_failure(const std::string& text) {
  if (text == "stop") return {.stops = true, .num_retries = 0};
  if (text == "continue") return {};
  std::smatch match;
  if (std::regex_match(text, match, std::regex(R"(retry\((\d{1,4})\))")))
    return {.stops = false, .num_retries = std::stoll(match[1])};
  throw ConfigError({.where = "sweep.on_failure",
                     .what = fmt::format("is '{}'", text),
                     .expected = "stop, continue or retry(N)",
                     .todo = "for example sweep.on_failure=retry(2), in quotes for the shell"});
}

SweepSummary run_sweep(Manifest& manifest, Launcher& launcher, const FailurePolicy& policy,
                       const RunningSearch& search) {
  Proposer proposer(manifest, search);
  StatusLine status;
  Clock::time_point next_status, next_beat;
  bool is_ending = false;
  while (true) {
    if (!is_ending && (interrupt_requested() || manifest.stop_reason())) {
      is_ending = true;
      launcher.interrupt();
    }
    if (!is_ending) {
      proposer.propose(launcher.room());
      launcher.start();
    }
    if (launcher.num_running() == 0) {
      if (is_ending || (proposer.is_done() && manifest.count(JobState::kPending) == 0)) break;
      std::this_thread::sleep_for(20ms);  // for the search
    }
    const std::vector<JobRecord> ended = launcher.wait(200ms);
    for (const JobRecord& job : ended) {
      proposer.tell(job);
      if (policy.stops && job.state == JobState::kFailed)
        manifest.stop(fmt::format("job {} failed", job.number));
    }
    const Clock::time_point now = Clock::now();
    if (!ended.empty() || now >= next_status) {
      status.show(count_jobs(manifest), ended);
      next_status = now + 1s;
    }
    if (now >= next_beat) {
      manifest.beat();
      next_beat = now + 30s;
    }
  }
  return {.counts = count_jobs(manifest),
          .stop_reason = manifest.stop_reason().value_or(""),
          .is_interrupted = interrupt_requested()};
}

Findings begin_sweep(Manifest& manifest, const std::filesystem::path& folder,
                     const std::vector<SweepJob>& jobs) {
  std::map<std::string, std::string> earlier;
  for (const JobRecord& record : manifest.jobs()) earlier[record.job.folder] = record.job.digest;
  const Findings findings = manifest.begin(jobs);
  for (const SweepJob& job : jobs) {
    const auto found = earlier.find(job.folder);
    const std::filesystem::path path = folder / job.folder;
    if (found == earlier.end() || found->second == job.digest || !std::filesystem::exists(path))
      continue;
    const std::filesystem::path aside = folder / fmt::format("{}.{}", job.folder, found->second);
    std::filesystem::remove_all(aside);
    std::filesystem::rename(path, aside);
    log_info("{}: its configuration changed; the earlier run is now {}", path.string(),
             aside.string());
  }
  return findings;
}

std::string findings_text(const Findings& findings) {
  const std::pair<int64_t, const char*> parts[] = {
      {findings.num_complete, "complete"},
      {findings.num_failed, "failed (tried again)"},
      {findings.num_interrupted, "interrupted (they go on)"},
      {findings.num_lost, "whose process died (they go on from their last checkpoint)"},
      {findings.num_elsewhere, "run by another process or queued"},
      {findings.num_waiting, "not started yet"},
      {findings.num_new, "new"}};
  int64_t total = 0;
  std::string text;
  for (const auto& [count, what] : parts) {
    total += count;
    if (count > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, what);
  }
  return fmt::format("{} job{}: {}", total, total == 1 ? "" : "s", text.empty() ? "none" : text);
}

std::string job_folder_name(int64_t number, const std::vector<std::string>& overrides) {
  std::string name = fmt::format("{}", fmt::join(overrides, ","));
  for (char& c : name) {
    if (!std::isalnum(static_cast<unsigned char>(c)) &&
        std::string_view("=,._-").find(c) == std::string_view::npos)
      c = '_';
  }
  // A file name has at most 255 bytes; a longer one keeps its beginning and the number.
  if (name.size() > 200) name = fmt::format("{}_{}", name.substr(0, 180), number);
  return name.empty() ? fmt::format("{}", number) : name;
}

}  // namespace twinset
