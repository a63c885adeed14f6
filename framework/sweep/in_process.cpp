#include "framework/sweep/in_process.h"

#include <utility>

#include "framework/core/logging.h"

namespace twinset {
namespace {

class InProcess final : public Launcher {
 public:
  explicit InProcess(const LaunchContext& context) : context_(context) {}

  int64_t room() const override { return ended_.empty() ? 1 : 0; }

  int64_t start() override {
    if (room() == 0) return 0;
    const auto job = context_.manifest.claim();
    if (!job) return 0;
    const std::filesystem::path folder = context_.folder / job->job.folder;
    JobOutcome outcome;
    try {
      std::filesystem::create_directories(folder);
      outcome.state = context_.body(job->job, folder);
      if (outcome.state == JobState::kComplete) outcome.result = read_job_result(folder);
    } catch (const Interrupted&) {
      outcome.state = JobState::kInterrupted;
    } catch (const std::exception& error) {
      outcome.error = error.what();
    }
    context_.manifest.finish(job->number, outcome, context_.num_retries);
    ended_.push_back(context_.manifest.job(job->number));
    return 1;
  }

  std::vector<JobRecord> wait(std::chrono::milliseconds) override {
    return std::exchange(ended_, {});
  }
  void interrupt() override {}
  int64_t num_running() const override { return static_cast<int64_t>(ended_.size()); }

 private:
  LaunchContext context_;
  std::vector<JobRecord> ended_;
};

}  // namespace

std::unique_ptr<Launcher> make_in_process(const InProcessOptions&, const LaunchContext& context) {
  return std::make_unique<InProcess>(context);
}

}  // namespace twinset
