#include "framework/sweep/local_pool.h"

#include <sched.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "framework/sweep/job_process.h"

namespace twinset {
namespace {

std::vector<int> usable_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  ::sched_getaffinity(0, sizeof set, &set);
  std::vector<int> cores;
  for (int core = 0; core < CPU_SETSIZE; ++core) {
    if (CPU_ISSET(core, &set)) cores.push_back(core);
  }
  return cores;
}

class LocalPool final : public Launcher {
 public:
  LocalPool(LocalPoolOptions options, const LaunchContext& context)
      : options_(std::move(options)),
        context_(context),
        cores_(usable_cores()),
        places_(static_cast<size_t>(options_.num_parallel)) {}

  int64_t room() const override { return options_.num_parallel - num_running(); }

  int64_t start() override {
    int64_t num_started = 0;
    for (size_t place = 0; place < places_.size(); ++place) {
      if (places_[place]) continue;
      const auto job = context_.manifest.claim();
      if (!job) break;
      places_[place].emplace(
          Running{job->number, JobProcess(request_of(*job, static_cast<int64_t>(place)))});
      ++num_started;
    }
    return num_started;
  }

  std::vector<JobRecord> wait(std::chrono::milliseconds timeout) override {
    std::vector<const JobProcess*> processes;
    for (const auto& place : places_) {
      if (place) processes.push_back(&place->process);
    }
    wait_for_any(processes, timeout);
    std::vector<JobRecord> ended;
    for (auto& place : places_) {
      if (!place || !place->process.has_ended()) continue;
      context_.manifest.finish(place->number, place->process.outcome(), context_.num_retries);
      ended.push_back(context_.manifest.job(place->number));
      place.reset();
    }
    return ended;
  }

  void interrupt() override {
    for (const auto& place : places_) {
      if (place) place->process.interrupt();
    }
  }

  int64_t num_running() const override {
    return std::count_if(places_.begin(), places_.end(),
                         [](const auto& place) { return place.has_value(); });
  }

 private:
  struct Running {
    int64_t number;
    JobProcess process;
  };

  JobProcessRequest request_of(const JobRecord& job, int64_t place) const {
    JobProcessRequest request{.folder = context_.folder / job.job.folder,
                              .cores = cores_of_place(cores_, place, options_.num_parallel),
                              .environment = {},
                              .body = job_body(options_.ranks, context_, job)};
    if (!options_.devices.empty()) {
      request.environment["CUDA_VISIBLE_DEVICES"] =
          options_.devices[static_cast<size_t>(place) % options_.devices.size()];
    }
    return request;
  }

  LocalPoolOptions options_;
  LaunchContext context_;
  std::vector<int> cores_;
  std::vector<std::optional<Running>> places_;
};

}  // namespace

std::vector<int> cores_of_place(const std::vector<int>& cores, int64_t place, int64_t num_places) {
  const auto num_cores = static_cast<int64_t>(cores.size());
  if (num_places > num_cores) return {cores[static_cast<size_t>(place % num_cores)]};
  const auto begin = cores.begin() + num_cores * place / num_places;
  return {begin, cores.begin() + num_cores * (place + 1) / num_places};
}

std::unique_ptr<Launcher> make_local_pool(const LocalPoolOptions& options,
                                          const LaunchContext& context) {
  return std::make_unique<LocalPool>(options, context);
}

}  // namespace twinset
