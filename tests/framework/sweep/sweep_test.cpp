#include "framework/sweep/sweep.h"

#include <gtest/gtest.h>

#include "framework/core/atomic_file.h"
#include "framework/core/error.h"
#include "framework/core/interrupt.h"
#include "tests/testing/temporary_folder.h"

namespace twinset {
namespace {

std::vector<SweepJob> three_jobs() {
  std::vector<SweepJob> jobs;
  for (const std::string seed : {"1", "2", "3"}) {
    const std::vector<std::string> overrides = {"loss=sup_con", "seed=" + seed};
    jobs.push_back({overrides, job_folder_name(static_cast<int64_t>(jobs.size()), overrides), "digest" + seed});
  }
  return jobs;
}

bool finish(const SweepJob&, const std::filesystem::path& folder) {
  write_file(folder / "result.json", "{}");
  return true;
}

TEST(Sweep, RunsEveryJobInItsFolderAndReusesCompleteOnes) {
  const testing::TemporaryFolder folder;
  std::vector<std::string> ran;
  const JobBody body = [&](const SweepJob& job, const std::filesystem::path& job_folder) {
    ran.push_back(job.digest);
    return finish(job, job_folder);
  };
  EXPECT_EQ(run_sweep(three_jobs(), folder.path(), body).num_complete, 3);
  EXPECT_EQ(ran, (std::vector<std::string>{"digest1", "digest2", "digest3"}));
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "loss=sup_con,seed=2" / "result.json"));
  const SweepSummary again = run_sweep(three_jobs(), folder.path(), body);
  EXPECT_EQ(again.num_reused, 3);
  EXPECT_EQ(ran.size(), 3u);
}

TEST(Sweep, AFailingJobIsToldAndTheOthersRun) {
  const testing::TemporaryFolder folder;
  const JobBody body = [&](const SweepJob& job, const std::filesystem::path& job_folder) {
    if (job.digest == "digest2") throw DataError({.where = "shard.tar", .what = "is truncated"});
    return finish(job, job_folder);
  };
  const SweepSummary summary = run_sweep(three_jobs(), folder.path(), body);
  EXPECT_EQ(summary.num_complete, 2);
  EXPECT_EQ(summary.num_failed, 1);
  const Manifest manifest(folder.path());
  EXPECT_EQ(manifest.jobs()[1].state, JobState::kFailed);
  EXPECT_EQ(manifest.jobs()[1].error, "shard.tar: is truncated");
  EXPECT_EQ(run_sweep(three_jobs(), folder.path(), finish).num_complete, 3) << "a failed job is tried again";
}

TEST(Sweep, StopsWhenInterruptedAndGoesOnWhereItStopped) {
  const testing::TemporaryFolder folder;
  int calls = 0;
  const SweepSummary first = run_sweep(three_jobs(), folder.path(), [&](const SweepJob& job, const std::filesystem::path& job_folder) {
    if (++calls < 2) return finish(job, job_folder);
    request_interrupt();
    return false;
  });
  request_interrupt(false);
  EXPECT_TRUE(first.is_interrupted);
  EXPECT_EQ(first.num_complete, 1);
  EXPECT_EQ(Manifest(folder.path()).jobs()[1].state, JobState::kInterrupted);
  EXPECT_EQ(run_sweep(three_jobs(), folder.path(), finish).num_reused, 1);
}

TEST(Sweep, AJobThatDiedWhileRunningIsPendingAgain) {
  const testing::TemporaryFolder folder;
  Manifest manifest(folder.path());
  manifest.job(0, {"seed=1"}, "seed=1", "digest").state = JobState::kRunning;
  manifest.save();
  EXPECT_EQ(Manifest(folder.path()).jobs()[0].state, JobState::kPending);
}

TEST(Sweep, AChangedConfigurationDoesNotReuseTheOldRun) {
  const testing::TemporaryFolder folder;
  run_sweep(three_jobs(), folder.path(), finish);
  std::vector<SweepJob> jobs = three_jobs();
  jobs[0].digest = "other";
  int calls = 0;
  const SweepSummary summary = run_sweep(jobs, folder.path(), [&](const SweepJob& job, const std::filesystem::path& job_folder) {
    ++calls;
    EXPECT_FALSE(std::filesystem::exists(job_folder / "result.json"));
    return finish(job, job_folder);
  });
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(summary.num_reused, 2);
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "loss=sup_con,seed=1.digest1" / "result.json"));
}

TEST(Sweep, ABrokenManifestIsTold) {
  const testing::TemporaryFolder folder;
  write_file(folder.path() / "manifest.json", "{\"jobs\": [{\"index\"");
  try {
    Manifest manifest(folder.path());
    FAIL();
  } catch (const DataError& error) {
    EXPECT_NE(std::string(error.what()).find("manifest.json"), std::string::npos);
    EXPECT_NE(std::string(error.what()).find("remove the file"), std::string::npos);
  }
}

TEST(Sweep, FolderNamesAreSafe) {
  EXPECT_EQ(job_folder_name(4, {}), "4");
  EXPECT_EQ(job_folder_name(0, {"dataset.reader.root=/data/x", "loss=sup_con"}), "dataset.reader.root=_data_x,loss=sup_con");
  EXPECT_LE(job_folder_name(7, {std::string(400, 'x')}).size(), 200u);
}

}  // namespace
}  // namespace twinset
