#include "framework/sweep/manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <map>

#include "framework/core/error.h"
#include "framework/core/random.h"
#include "tests/framework/sweep/sweep_testing.h"

namespace twinset {
namespace {

using ::testing::HasSubstr;
using testing::make_jobs;
using Open = Manifest::Open;

template <class Call>
std::string message_of(Call call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(Manifest, KeepsWhatWasPlannedAndHowItEnded) {
  const testing::TemporaryFolder folder;
  {
    Manifest manifest(folder.path(), Open::kMake);
    EXPECT_EQ(manifest.begin(make_jobs(2)).num_new, 2);
    const auto job = manifest.claim();
    ASSERT_TRUE(job);
    EXPECT_EQ(job->number, 0);
    manifest.finish(0, {.state = JobState::kComplete, .error = "", .result = {{"map", 0.25}}});
    manifest.set_fact("task", {{"kind", "train"}});
  }
  Manifest manifest(folder.path(), Open::kExisting);
  const auto jobs = manifest.jobs();
  ASSERT_EQ(jobs.size(), 2u);
  EXPECT_EQ(jobs[0].state, JobState::kComplete);
  EXPECT_EQ(jobs[0].result["map"], 0.25);
  EXPECT_EQ(jobs[1].state, JobState::kPending);
  EXPECT_EQ(jobs[1].job.overrides, (std::vector<std::string>{"loss=sup_con", "seed=2"}));
  EXPECT_EQ(jobs[1].job.config, make_jobs(2)[1].config);
  EXPECT_EQ(jobs[1].job.choices, make_jobs(2)[1].choices);
  EXPECT_EQ(manifest.fact("task")["kind"], "train");
  EXPECT_TRUE(manifest.fact("other").is_null());
}

TEST(Manifest, AJobWhoseProcessDiedIsPendingAgainAndOneThatLivesIsLeftAlone) {
  const testing::TemporaryFolder folder;
  Manifest(folder.path(), Open::kMake).begin(make_jobs(3));
  EXPECT_EQ(testing::wait_for(testing::fork_process(
                [&] { return Manifest(folder.path(), Open::kExisting).claim() ? 0 : 1; })),
            0);
  Manifest manifest(folder.path(), Open::kExisting);
  manifest.claim();  // this process's
  const Findings findings = manifest.resume();
  EXPECT_EQ(findings.num_lost, 1);
  EXPECT_EQ(findings.num_elsewhere, 1);
  EXPECT_EQ(findings.num_waiting, 1);
  EXPECT_EQ(manifest.job(0).state, JobState::kPending);
  EXPECT_THAT(manifest.job(0).error, HasSubstr("died"));
  EXPECT_EQ(manifest.job(1).state, JobState::kRunning);
}

TEST(Manifest, AddingSeedsKeepsTheCompleteJobs) {
  const testing::TemporaryFolder folder;
  Manifest manifest(folder.path(), Open::kMake);
  manifest.begin(make_jobs(2));
  manifest.claim();
  manifest.finish(0, {.state = JobState::kComplete, .error = "", .result = nullptr});
  std::vector<SweepJob> other = make_jobs(4);
  other.erase(other.begin(), other.begin() + 2);
  const Findings findings = manifest.begin(other);
  EXPECT_EQ(findings.num_new, 2);
  EXPECT_EQ(findings.num_complete, 1);
  const auto jobs = manifest.jobs();
  ASSERT_EQ(jobs.size(), 3u) << "seed=2 was planned, never run, and is not wanted any more";
  EXPECT_EQ(jobs[0].job.folder, "seed=3");
  EXPECT_EQ(jobs[2].job.folder, "seed=1");
}

TEST(Manifest, AnotherPlanWaitsForTheProcessesOfTheFirst) {
  const testing::TemporaryFolder folder;
  Manifest manifest(folder.path(), Open::kMake);
  manifest.begin(make_jobs(2));
  manifest.claim();
  EXPECT_EQ(manifest.begin(make_jobs(2)).num_elsewhere, 1) << "the same plan may be joined";
  EXPECT_THAT(message_of([&] { manifest.begin(make_jobs(3)); }),
              HasSubstr("another process runs this sweep"));
  EXPECT_EQ(manifest.jobs().size(), 2u) << "nothing was changed";
}

TEST(Manifest, AFileThatIsNoneIsTold) {
  const testing::TemporaryFolder folder;
  EXPECT_THAT(message_of([&] { Manifest(folder.path(), Open::kExisting); }),
              HasSubstr("holds no manifest.sqlite"));
  EXPECT_FALSE(std::filesystem::exists(Manifest::file_in(folder.path())));
  write_file(Manifest::file_in(folder.path()), std::string(5000, 'x'));
  const std::string message = message_of([&] { Manifest(folder.path(), Open::kExisting); });
  EXPECT_THAT(message, HasSubstr("manifest.sqlite"));
  EXPECT_THAT(message, HasSubstr("move the file away"));
}

TEST(Manifest, NoTwoProcessesGetTheSameJob) {
  const testing::TemporaryFolder folder;
  constexpr int64_t kJobs = 60;
  Manifest(folder.path(), Open::kMake).begin(make_jobs(kJobs));
  std::vector<pid_t> processes;
  for (int i = 0; i < 3; ++i) {
    processes.push_back(testing::fork_process([&] {
      Manifest manifest(folder.path(), Open::kExisting);
      while (const auto job = manifest.claim())
        manifest.finish(job->number,
                        {.state = JobState::kComplete, .error = "", .result = ::getpid()});
      return 0;
    }));
  }
  for (const pid_t process : processes) EXPECT_EQ(testing::wait_for(process), 0);
  for (const JobRecord& job : testing::jobs_in(folder.path())) {
    EXPECT_EQ(job.state, JobState::kComplete);
    EXPECT_EQ(job.num_tries, 1) << job.number;
  }
}

// A sweep is killed with kill -9 at random moments, resumed each time, and ends with every job
// complete; the file is whole after each kill, and no job runs more often than kills explain.
TEST(Manifest, SurvivesKillAtAnyMoment) {
  const testing::TemporaryFolder folder;
  constexpr int64_t kJobs = 60;
  const auto body = [&](const SweepJob& job, const std::filesystem::path& job_folder) {
    ::usleep(2000);
    write_file(job_folder / "result.json",
               "{\"seed\": " + std::to_string(job.config.at("seed").as_int()) + "}");
    return JobState::kComplete;
  };
  Manifest(folder.path(), Open::kMake).begin(make_jobs(kJobs));
  CounterRandom random({.seed = 3, .purpose = "kill"});
  int64_t num_kills = 0, num_lost = 0;
  for (bool is_complete = false; !is_complete;) {
    const pid_t process = testing::fork_process([&] {
      Manifest(folder.path(), Open::kExisting).resume();
      return testing::run_with(folder.path(), body, {{"name", "local_pool"}, {"num_parallel", 2}})
                         .counts.complete == kJobs
                 ? 0
                 : 1;
    });
    ::usleep(static_cast<useconds_t>(3000 + random.below(60000)));
    ::kill(process, SIGKILL);
    const int status = testing::wait_for(process);
    is_complete = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    num_kills += WIFSIGNALED(status) ? 1 : 0;
    EXPECT_EQ(std::get<std::string>(
                  Database(Manifest::file_in(folder.path())).run("PRAGMA integrity_check")[0][0]),
              "ok");
    Manifest manifest(folder.path(), Open::kExisting);
    num_lost += manifest.resume().num_lost;
    ASSERT_LT(num_kills, 500);
  }
  EXPECT_GT(num_kills, 0);
  int64_t num_tries = 0;
  for (const JobRecord& job : testing::jobs_in(folder.path())) {
    EXPECT_EQ(job.state, JobState::kComplete);
    EXPECT_EQ(job.result["seed"], job.number + 1);
    num_tries += job.num_tries;
  }
  EXPECT_EQ(num_tries, kJobs + num_lost) << "a job ran again although its process had not died";
}

}  // namespace
}  // namespace twinset
