#include "framework/sweep/job_process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <cstdlib>
#include <thread>

#include "framework/core/interrupt.h"
#include "framework/core/logging.h"
#include "framework/core/thread_pool.h"
#include "framework/sweep/local_pool.h"
#include "tests/framework/sweep/sweep_testing.h"

namespace twinset {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

JobOutcome outcome_of(JobProcessRequest request) {
  JobProcess process(request);
  while (!process.has_ended()) wait_for_any({&process}, std::chrono::milliseconds(200));
  return process.outcome();
}

JobOutcome outcome_of(const std::filesystem::path& folder, const std::function<JobState()>& body) {
  return outcome_of(
      JobProcessRequest{.folder = folder, .cores = {}, .environment = {}, .body = body});
}

TEST(JobProcess, ACrashIsRecordedAndEndsNothingElse) {
  const testing::TemporaryFolder folder;
  EXPECT_THAT(outcome_of(folder.path(),
                         []() -> JobState {
                           ::raise(SIGSEGV);
                           return JobState::kComplete;
                         })
                  .error,
              HasSubstr("signal 11 (Segmentation fault)"));
  EXPECT_THAT(outcome_of(folder.path(), []() -> JobState { std::abort(); }).error,
              HasSubstr("signal 6"));
  EXPECT_THAT(outcome_of(folder.path(),
                         []() -> JobState {
                           ::raise(SIGKILL);
                           return JobState::kComplete;
                         })
                  .error,
              HasSubstr("signal 9"));
  EXPECT_THAT(outcome_of(folder.path(), []() -> JobState { ::_exit(7); }).error,
              HasSubstr("status 7"));
  EXPECT_THAT(outcome_of(folder.path(), []() -> JobState { std::exit(3); }).error,
              HasSubstr("status 3"));
  EXPECT_THAT(outcome_of(folder.path(),
                         []() -> JobState {
                           const rlimit limit{.rlim_cur = 1 << 30, .rlim_max = 1 << 30};
                           ::setrlimit(RLIMIT_AS, &limit);
                           const std::vector<char> large(size_t{8} << 30, 1);
                           return large.back() == 1 ? JobState::kComplete : JobState::kFailed;
                         })
                  .error,
              HasSubstr("bad_alloc"));
  EXPECT_EQ(outcome_of(folder.path(), [] { return JobState::kComplete; }).state,
            JobState::kComplete);
}

TEST(JobProcess, EverythingItSaysIsInItsLog) {
  const testing::TemporaryFolder folder;
  outcome_of(folder.path(), []() -> JobState {
    log_info("a line of the log");
    std::puts("printed");
    std::fputs("written to standard error\n", stderr);
    throw DataError({.where = "shard.tar", .what = "is truncated"});
  });
  const std::string log = read_file(folder.path() / "job.log");
  for (const char* part : {"a line of the log", "printed", "written to standard error",
                           "error: shard.tar: is truncated"})
    EXPECT_THAT(log, HasSubstr(part));
}

TEST(JobProcess, HasItsCoresItsThreadsAndItsEnvironment) {
  const testing::TemporaryFolder folder;
  cpu_set_t set;
  ASSERT_EQ(::sched_getaffinity(0, sizeof set, &set), 0);
  int core = 0;
  while (!CPU_ISSET(core, &set)) ++core;
  const JobOutcome outcome =
      outcome_of({.folder = folder.path(),
                  .cores = {core},
                  .environment = {{"CUDA_VISIBLE_DEVICES", "3"}},
                  .body = [&] {
                    write_file(folder.path() / "result.json",
                               nlohmann::json{{"cores", available_cores()},
                                              {"threads", std::getenv("OMP_NUM_THREADS")},
                                              {"devices", std::getenv("CUDA_VISIBLE_DEVICES")}}
                                   .dump());
                    return JobState::kComplete;
                  }});
  EXPECT_EQ(outcome.result.dump(), R"({"cores":1,"devices":"3","threads":"1"})");
}

TEST(JobProcess, IsInterruptedWithAllThatItStarted) {
  const testing::TemporaryFolder folder;
  JobProcess process({.folder = folder.path(), .cores = {}, .environment = {}, .body = [&] {
                        install_interrupt_handler();
                        write_file(folder.path() / "ready", "");
                        return run_program({"sleep", "60"}, folder.path(), {});
                      }});
  while (!std::filesystem::exists(folder.path() / "ready")) std::this_thread::yield();
  process.interrupt();
  while (!process.has_ended()) wait_for_any({&process}, std::chrono::milliseconds(50));
  EXPECT_EQ(process.outcome().state, JobState::kInterrupted);
}

TEST(JobProcess, WaitsForAnEarlierTryInTheSameFolder) {
  const testing::TemporaryFolder folder;
  const auto append = [&](const std::string& text) {
    return [&folder, text] {
      const auto file = folder.path() / "order";
      write_file(file, (std::filesystem::exists(file) ? read_file(file) : "") + text + "begin ");
      if (text == "first ") {
        while (!std::filesystem::exists(folder.path() / "go")) std::this_thread::yield();
      }
      write_file(file, read_file(file) + text + "end ");
      return JobState::kComplete;
    };
  };
  JobProcess first(
      {.folder = folder.path(), .cores = {}, .environment = {}, .body = append("first ")});
  while (!std::filesystem::exists(folder.path() / "order")) std::this_thread::yield();
  JobProcess second(
      {.folder = folder.path(), .cores = {}, .environment = {}, .body = append("second ")});
  while (read_file(folder.path() / "job.log").find("still holds its folder") == std::string::npos)
    std::this_thread::yield();
  write_file(folder.path() / "go", "");
  while (!first.has_ended() || !second.has_ended()) wait_for_any({}, std::chrono::milliseconds(5));
  EXPECT_EQ(read_file(folder.path() / "order"), "first begin first end second begin second end ");
}

TEST(JobProcess, AProgramsStatusIsTheJobs) {
  const testing::TemporaryFolder folder;
  const auto run = [&](std::vector<std::string> arguments) {
    return outcome_of(folder.path(), [&] { return run_program(arguments, folder.path(), {}); });
  };
  EXPECT_EQ(run({"true"}).state, JobState::kComplete);
  EXPECT_EQ(run({"sh", "-c", "exit 130"}).state, JobState::kInterrupted);
  EXPECT_THAT(run({"sh", "-c", "exit 4"}).error, HasSubstr("sh: exited with status 4"));
  EXPECT_THAT(run({"sh", "-c", "kill -9 $$"}).error, HasSubstr("signal 9"));
  EXPECT_THAT(run({"/nowhere/program"}).error, HasSubstr("status 127"));
  EXPECT_THAT(read_file(folder.path() / "job.log"),
              HasSubstr("/nowhere/program: can't be started"));
}

TEST(JobProcess, AProcessWithThreadsIsRefused) {
  const testing::TemporaryFolder folder;
  ThreadPool pool(1);
  EXPECT_THROW(outcome_of(folder.path(), [] { return JobState::kComplete; }), SystemError);
}

TEST(LocalPool, CoresAreDividedEvenly) {
  const std::vector<int> cores = {0, 1, 2, 3, 8, 9, 10};
  EXPECT_THAT(cores_of_place(cores, 0, 3), ElementsAre(0, 1));
  EXPECT_THAT(cores_of_place(cores, 1, 3), ElementsAre(2, 3));
  EXPECT_THAT(cores_of_place(cores, 2, 3), ElementsAre(8, 9, 10));
  EXPECT_THAT(cores_of_place({4, 5}, 2, 3), ElementsAre(4));
  EXPECT_THAT(cores_of_place(cores, 0, 1), ElementsAre(0, 1, 2, 3, 8, 9, 10));
}

TEST(LocalPool, RanksAreStartedByTheirCommandLine) {
  const testing::TemporaryFolder folder;
  testing::run_jobs(folder.path(), testing::make_jobs(1),
                    [](const SweepJob&, const std::filesystem::path&) { return JobState::kFailed; },
                    {{"name", "local_pool"},
                     {"ranks", {{"count", 4}, {"command", {"echo", "start", "{ranks}"}}}}});
  const auto job = testing::jobs_in(folder.path())[0];
  EXPECT_EQ(job.state, JobState::kComplete) << job.error;
  EXPECT_EQ(read_file(folder.path() / "seed=1" / "job.log"),
            fmt::format("start 4 twinset job-body {} 0\n",
                        std::filesystem::absolute(folder.path()).string()));
}

}  // namespace
}  // namespace twinset
