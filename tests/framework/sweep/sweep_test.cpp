#include "framework/sweep/sweep.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "framework/core/error.h"
#include "framework/core/interrupt.h"
#include "tests/framework/sweep/sweep_testing.h"

namespace twinset {
namespace {

using ::testing::HasSubstr;
using testing::jobs_in;
using testing::make_jobs;
using testing::run_jobs;
using testing::run_with;

const nlohmann::ordered_json kInProcess = {{"name", "in_process"}};
const nlohmann::ordered_json kPool = {{"name", "local_pool"}, {"num_parallel", 2}};

JobState finish(const SweepJob& job, const std::filesystem::path& folder) {
  write_file(folder / "result.json",
             nlohmann::json{{"metrics", {{"map", job.config.at("seed").as_int() * 0.5}}}}.dump());
  return JobState::kComplete;
}

class EveryLauncher : public ::testing::TestWithParam<nlohmann::ordered_json> {};
INSTANTIATE_TEST_SUITE_P(Launchers, EveryLauncher, ::testing::Values(kInProcess, kPool),
                         [](const auto& launcher) {
                           return launcher.param["name"].template get<std::string>();
                         });

TEST_P(EveryLauncher, RunsEveryJobInItsFolderAndReusesCompleteOnes) {
  const testing::TemporaryFolder folder;
  EXPECT_EQ(run_jobs(folder.path(), make_jobs(3), finish, GetParam()).counts.complete, 3);
  for (const JobRecord& job : jobs_in(folder.path())) {
    EXPECT_EQ(job.state, JobState::kComplete);
    EXPECT_EQ(job.num_tries, 1);
    EXPECT_EQ(job.result["map"], static_cast<double>(job.number + 1) * 0.5);
    EXPECT_EQ(job.worker.host, this_worker().host);
    EXPECT_GT(job.seconds, 0);
    EXPECT_TRUE(std::filesystem::exists(folder.path() / job.job.folder / "result.json"));
  }
  run_jobs(folder.path(), make_jobs(3), finish, GetParam());
  EXPECT_EQ(jobs_in(folder.path())[1].num_tries, 1) << "a complete job is not run again";
}

TEST_P(EveryLauncher, AFailingJobIsToldAndTheOthersRun) {
  const testing::TemporaryFolder folder;
  const auto body = [](const SweepJob& job, const std::filesystem::path& job_folder) {
    if (job.digest == "digest2") throw DataError({.where = "shard.tar", .what = "is truncated"});
    return finish(job, job_folder);
  };
  const SweepSummary summary = run_jobs(folder.path(), make_jobs(3), body, GetParam());
  EXPECT_EQ(summary.counts.complete, 2);
  EXPECT_EQ(summary.counts.failed, 1);
  EXPECT_EQ(jobs_in(folder.path())[1].error, "shard.tar: is truncated");
  EXPECT_THAT(summary_table(jobs_in(folder.path())), HasSubstr("shard.tar: is truncated"));
  EXPECT_EQ(run_jobs(folder.path(), make_jobs(3), finish, GetParam()).counts.complete, 3)
      << "a failed job is tried again";
}

TEST_P(EveryLauncher, RetryTriesAFailingJobAsOftenAsItSays) {
  const testing::TemporaryFolder folder;
  const auto body = [](const SweepJob& job, const std::filesystem::path& job_folder) {
    const std::filesystem::path tries = job_folder / "tries";
    const std::string so_far = std::filesystem::exists(tries) ? read_file(tries) : "";
    write_file(tries, so_far + "x");
    if (job.digest == "digest2" || (job.digest == "digest3" && so_far.size() < 2))
      throw DataError({.where = "", .what = "flaky"});
    return finish(job, job_folder);
  };
  EXPECT_EQ(run_jobs(folder.path(), make_jobs(3), body, GetParam(), "retry(2)").counts.failed, 1);
  const auto jobs = jobs_in(folder.path());
  EXPECT_EQ(jobs[0].num_tries, 1);
  EXPECT_EQ(jobs[1].num_tries, 3);
  EXPECT_EQ(jobs[1].state, JobState::kFailed);
  EXPECT_EQ(jobs[2].num_tries, 3);
  EXPECT_EQ(jobs[2].state, JobState::kComplete);
}

TEST_P(EveryLauncher, StopStartsNothingMore) {
  const testing::TemporaryFolder folder;
  const auto body = [](const SweepJob&, const std::filesystem::path&) -> JobState {
    throw DataError({.where = "", .what = "bad"});
  };
  const SweepSummary summary = run_jobs(folder.path(), make_jobs(40), body, GetParam(), "stop");
  EXPECT_THAT(summary.stop_reason, HasSubstr("failed"));
  EXPECT_GE(summary.counts.failed, 1);
  EXPECT_LE(summary.counts.failed, 3);
  EXPECT_GE(summary.counts.pending, 37);
  EXPECT_EQ(run_jobs(folder.path(), make_jobs(40), finish, GetParam()).counts.complete, 40)
      << "beginning again clears the stop";
}

TEST(Sweep, StopsWhenInterruptedAndGoesOnWhereItStopped) {
  const testing::TemporaryFolder folder;
  int calls = 0;
  const auto body = [&](const SweepJob& job, const std::filesystem::path& job_folder) {
    if (++calls < 2) return finish(job, job_folder);
    request_interrupt();
    return JobState::kInterrupted;
  };
  const SweepSummary first = run_jobs(folder.path(), make_jobs(3), body, kInProcess);
  request_interrupt(false);
  EXPECT_TRUE(first.is_interrupted);
  EXPECT_EQ(first.counts.complete, 1);
  EXPECT_EQ(first.counts.interrupted, 1);
  Findings findings = Manifest(folder.path(), Manifest::Open::kExisting).resume();
  EXPECT_EQ(findings_text(findings),
            "3 jobs: 1 complete, 1 interrupted (they go on), 1 not started yet");
  EXPECT_EQ(run_with(folder.path(), finish, kInProcess).counts.complete, 3);
  EXPECT_EQ(jobs_in(folder.path())[0].num_tries, 1);
  EXPECT_EQ(jobs_in(folder.path())[1].num_tries, 2);
}

TEST(Sweep, AChangedConfigurationDoesNotReuseTheOldRun) {
  const testing::TemporaryFolder folder;
  run_jobs(folder.path(), make_jobs(3), finish, kInProcess);
  std::vector<SweepJob> jobs = make_jobs(3);
  jobs[0].digest = "other";
  int calls = 0;
  run_jobs(
      folder.path(), jobs,
      [&](const SweepJob& job, const std::filesystem::path& job_folder) {
        ++calls;
        EXPECT_FALSE(std::filesystem::exists(job_folder / "result.json"));
        return finish(job, job_folder);
      },
      kInProcess);
  EXPECT_EQ(calls, 1);
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "seed=1.digest1" / "result.json"));
}

TEST(Sweep, OnFailureIsReadStrictly) {
  EXPECT_TRUE(parse_on_failure("stop").stops);
  EXPECT_EQ(parse_on_failure("retry(3)").num_retries, 3);
  for (const char* wrong : {"retry", "retry()", "retry(-1)", "Stop", "", "retry(2) "}) {
    EXPECT_THROW(parse_on_failure(wrong), ConfigError) << wrong;
  }
}

TEST(Sweep, TheEstimateIsTheTimeSoFarByWhatIsLeft) {
  const JobCounts counts{.total = 10,
                         .complete = 3,
                         .failed = 1,
                         .running = 2,
                         .submitted = 0,
                         .interrupted = 0,
                         .pending = 4};
  EXPECT_EQ(status_text(counts, 4, 40), "3/10 done, 2 running, 1 failed, about 1 min 0 s left");
  EXPECT_EQ(status_text(counts, 0, 40), "3/10 done, 2 running, 1 failed");
}

TEST(Sweep, FolderNamesAreSafe) {
  EXPECT_EQ(job_folder_name(4, {}), "4");
  EXPECT_EQ(job_folder_name(0, {"dataset.reader.root=/data/x", "loss=sup_con"}),
            "dataset.reader.root=_data_x,loss=sup_con");
  EXPECT_LE(job_folder_name(7, {std::string(400, 'x')}).size(), 200u);
}

}  // namespace
}  // namespace twinset
