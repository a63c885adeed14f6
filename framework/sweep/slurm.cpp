#include "framework/sweep/slurm.h"

#include <fmt/format.h>

#include <algorithm>
#include <regex>
#include <set>
#include <sstream>
#include <thread>

#include "framework/core/atomic_file.h"
#include "framework/core/logging.h"
#include "framework/sweep/subprocess.h"

namespace twinset {
namespace {

using Clock = std::chrono::steady_clock;

std::string in_quotes(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

std::string output_of(const std::vector<std::string>& command) {
  const CommandResult result = run_command(command);
  if (result.status == 0) return result.output;
  throw SystemError(
      {.where = fmt::format("{}", fmt::join(command, " ")),
       .what = result.status == 127
                   ? "there is no such program"
                   : fmt::format("ended with status {}: {}", result.status, result.error),
       .todo =
           result.status == 127 ? "launcher=slurm works on a machine with Slurm's commands" : ""});
}

int64_t max_array_size() {
  std::smatch match;
  const std::string text = output_of({"scontrol", "show", "config"});
  return std::regex_search(text, match, std::regex(R"(MaxArraySize\s*=\s*(\d+))"))
             ? std::max<int64_t>(1, std::stoll(match[1]))
             : 1001;
}

/// Why a task is not in the queue any more, such as "OUT_OF_MEMORY"; "" if Slurm has forgotten it.
std::string final_state(const std::string& id) {
  std::smatch match;
  const CommandResult shown = run_command({"scontrol", "show", "job", "--oneliner", id});
  if (shown.status == 0 &&
      std::regex_search(shown.output, match, std::regex(R"(JobState=(\S+) Reason=(\S+))")))
    return match[1];
  const CommandResult accounted = run_command(
      {"sacct", "--noheader", "--parsable2", "--allocations", "--format=State", "--jobs=" + id});
  return accounted.status == 0 ? accounted.output.substr(0, accounted.output.find_first_of(" \n"))
                               : "";
}

class Slurm final : public Launcher {
 public:
  Slurm(SlurmOptions options, const LaunchContext& context)
      : options_(std::move(options)), context_(context), max_array_size_(max_array_size()) {
    context_.folder = std::filesystem::absolute(context_.folder);
    for (const JobRecord& job : context_.manifest.jobs()) adopt(job);
  }

  int64_t room() const override {
    return std::max<int64_t>(
        0, (options_.max_parallel > 0 ? options_.max_parallel : max_array_size_) - num_running());
  }

  int64_t start() override {
    int64_t num_started = 0;
    while (true) {
      const std::vector<JobRecord> jobs = context_.manifest.submit(max_array_size_);
      if (jobs.empty()) return num_started;
      submit(jobs);
      num_started += static_cast<int64_t>(jobs.size());
    }
  }

  std::vector<JobRecord> wait(std::chrono::milliseconds timeout) override {
    if (Clock::now() < next_poll_) {
      std::this_thread::sleep_for(std::min<Clock::duration>(timeout, next_poll_ - Clock::now()));
      return {};
    }
    next_poll_ = Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                    std::chrono::duration<double>(options_.poll_seconds));
    return poll();
  }

  void interrupt() override {
    is_ending_ = true;
    std::set<std::string> arrays;
    for (const auto& [number, id] : tasks_) arrays.insert(id.substr(0, id.find('_')));
    for (const std::string& array : arrays) {
      run_command({"scancel", "--state=PENDING", array});
      run_command({"scancel", "--batch", "--signal=TERM", "--state=RUNNING", array});
    }
    next_poll_ = Clock::now();
  }

  int64_t num_running() const override { return static_cast<int64_t>(tasks_.size()); }

 private:
  /// A job that an earlier process handed to Slurm is followed; one that it was about to hand over
  /// is pending again.
  void adopt(const JobRecord& job) {
    if (job.state != JobState::kSubmitted && job.state != JobState::kRunning) return;
    if (!job.scheduler_id.empty()) {
      tasks_[job.number] = job.scheduler_id;
    } else if (job.state == JobState::kSubmitted) {
      context_.manifest.release(job.number);
    }
  }

  void submit(const std::vector<JobRecord>& jobs) {
    const std::filesystem::path folder = context_.folder / "slurm";
    int64_t serial = 1;
    while (std::filesystem::exists(folder / fmt::format("{}.jobs", serial))) ++serial;
    std::string numbers;
    for (const JobRecord& job : jobs) numbers += fmt::format("{}\n", job.number);
    const std::filesystem::path list = folder / fmt::format("{}.jobs", serial),
                                script = folder / fmt::format("{}.sh", serial);
    write_file(list, numbers);
    write_file(script, slurm_script(options_, context_, static_cast<int64_t>(jobs.size()), list));
    std::string id;
    try {
      id = output_of({"sbatch", "--parsable", script.string()});
    } catch (...) {
      for (const JobRecord& job : jobs) context_.manifest.release(job.number);
      throw;
    }
    id = id.substr(0, id.find_first_of(";\n"));
    for (size_t i = 0; i < jobs.size(); ++i) {
      tasks_[jobs[i].number] = fmt::format("{}_{}", id, i);
      context_.manifest.set_scheduler_id(jobs[i].number, tasks_[jobs[i].number]);
    }
    log_info("Slurm: {} job{} submitted as array {} ({})", jobs.size(), jobs.size() == 1 ? "" : "s",
             id, script.string());
  }

  std::vector<JobRecord> poll() {
    if (tasks_.empty()) return {};
    std::string ids;
    for (const auto& [number, id] : tasks_) ids += (ids.empty() ? "" : ",") + id;
    const CommandResult queue = run_command(
        {"squeue", "--noheader", "--array", "--states=all", "--format=%i|%T", "--jobs=" + ids});
    if (queue.status != 0 && queue.error.find("Invalid job id") == std::string::npos) {
      log_warning("squeue ended with status {}, asking again later: {}", queue.status, queue.error);
      return {};
    }
    const auto states = parse_squeue(queue.output);
    std::vector<JobRecord> ended;
    for (auto task = tasks_.begin(); task != tasks_.end();) {
      const auto [number, id] = *task;
      const bool has_ended = settle(number, id, states);
      if (has_ended) ended.push_back(context_.manifest.job(number));
      task = has_ended ? tasks_.erase(task) : std::next(task);
    }
    return ended;
  }

  /// Whether a task is over; the manifest then says how.
  bool settle(int64_t number, const std::string& id,
              const std::map<std::string, std::string>& states) {
    static const std::set<std::string> kAlive = {
        "PENDING",      "RUNNING",  "CONFIGURING", "COMPLETING", "SUSPENDED", "REQUEUED",
        "REQUEUE_HOLD", "RESIZING", "SIGNALING",   "STAGE_OUT",  "STOPPED",   "SPECIAL_EXIT"};
    const JobRecord job = context_.manifest.job(number);
    if (job.state == JobState::kInterrupted && !is_ending_ &&
        num_resubmits_[number] < options_.num_resubmits) {
      ++num_resubmits_[number];
      log_info(
          "job {}: Slurm interrupted it; it is submitted again and goes on from its checkpoint",
          number);
      context_.manifest.release(number);
      return true;
    }
    if (job.state != JobState::kSubmitted && job.state != JobState::kRunning) return true;
    const auto found = states.find(id);
    if (found != states.end() && kAlive.count(found->second) > 0) return false;
    if (job.state == JobState::kSubmitted && is_ending_) {
      context_.manifest.release(number);
      return true;
    }
    const std::string state = final_state(id);
    const std::string log = (context_.folder / "slurm" / (id + ".log")).string();
    context_.manifest.finish(number,
                             {.state = JobState::kFailed,
                              .error = fmt::format("Slurm ended task {}{}; its output is {}", id,
                                                   state.empty() ? "" : ": " + state, log),
                              .result = nullptr},
                             context_.num_retries);
    return true;
  }

  SlurmOptions options_;
  LaunchContext context_;
  int64_t max_array_size_;
  std::map<int64_t, std::string> tasks_;  ///< job number to "array_task"
  std::map<int64_t, int64_t> num_resubmits_;
  Clock::time_point next_poll_;
  bool is_ending_ = false;
};

}  // namespace

std::map<std::string, std::string> parse_squeue(const std::string& output) {
  std::map<std::string, std::string> states;
  std::istringstream lines(output);
  for (std::string line; std::getline(lines, line);) {
    const size_t bar = line.find('|');
    if (bar != std::string::npos) states[line.substr(0, bar)] = line.substr(bar + 1);
  }
  return states;
}

std::string slurm_script(const SlurmOptions& options, const LaunchContext& context,
                         int64_t num_tasks, const std::filesystem::path& list) {
  std::string script = "#!/bin/bash\n";
  const auto add = [&](const std::string& option) { script += "#SBATCH " + option + "\n"; };
  const auto add_if = [&](const std::string& name, const std::string& value) {
    if (!value.empty() && value != "0") add(name + value);
  };
  add("--job-name=" + context.folder.filename().string());
  add(fmt::format("--array=0-{}{}", num_tasks - 1,
                  options.max_parallel > 0 ? fmt::format("%{}", options.max_parallel) : ""));
  add(fmt::format("--output=\"{}/%A_%a.log\"", (context.folder / "slurm").string()));
  add(fmt::format("--chdir=\"{}\"", std::filesystem::current_path().string()));
  add("--no-requeue");
  if (options.save_seconds > 0) add(fmt::format("--signal=B:TERM@{}", options.save_seconds));
  add_if("--partition=", options.partition);
  add_if("--account=", options.account);
  add_if("--qos=", options.qos);
  add_if("--time=", options.time_limit);
  add_if("--mem=", options.memory);
  add_if("--cpus-per-task=", std::to_string(options.cpus_per_job));
  add_if("--gres=gpu:", std::to_string(options.gpus_per_job));
  for (const std::string& option : options.extra) add(option);
  for (const std::string& line : options.setup) script += line + "\n";
  script += fmt::format("number=$(sed -n \"$((SLURM_ARRAY_TASK_ID + 1))p\" {})\n",
                        in_quotes(list.string()));
  // exec, so that Slurm's signals reach the program and not a shell before it.
  script += fmt::format("exec {} run-job {} \"$number\"\n", in_quotes(context.program),
                        in_quotes(context.folder.string()));
  return script;
}

std::unique_ptr<Launcher> make_slurm(const SlurmOptions& options, const LaunchContext& context) {
  return std::make_unique<Slurm>(options, context);
}

}  // namespace twinset
