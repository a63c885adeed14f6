#include "experiments/twinset/job_scope.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <set>
#include <thread>

#include "framework/config/yaml.h"
#include "framework/core/atomic_file.h"
#include "framework/core/logging.h"
#include "tests/experiments/tiny_run.h"

namespace twinset {
namespace {

Composition compose_run(std::vector<std::string> overrides) {
  const RunFacts facts{
      .job_name = "train", .version = "0", .is_multirun = false, .job_num = {}, .output_dir = {}};
  return Composer("configs").compose("config", overrides, false, facts);
}

TEST(MakeNewFolder, StartsOfTheSameSecondNeverShareOne) {
  const testing::TemporaryFolder folder;
  std::vector<std::filesystem::path> made(16);
  std::vector<std::thread> threads;
  for (auto& path : made)
    threads.emplace_back(
        [&] { path = make_new_folder(folder.path() / "2026-03-01" / "12-00-00"); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(std::set<std::filesystem::path>(made.begin(), made.end()).size(), made.size());
  for (const auto& path : made) EXPECT_TRUE(std::filesystem::is_directory(path));
}

TEST(MakeJobFolder, ANamedFolderGoesOnAndADatedOneIsNew) {
  const testing::TemporaryFolder folder;
  const std::string named = (folder.path() / "run").string();
  const Node tree = compose_run({"hydra.run.dir=" + named}).tree;
  EXPECT_EQ(make_job_folder(tree, "hydra.run.dir"), named);
  EXPECT_EQ(make_job_folder(tree, "hydra.run.dir"), named);
  const Node dated = compose_run({"hydra.run.dir='" + named + "/${now:%Y}'"}).tree;
  const std::filesystem::path first = make_job_folder(dated, "hydra.run.dir");
  EXPECT_EQ(make_job_folder(dated, "hydra.run.dir").string(), first.string() + "_1");
}

TEST(JobScope, KeepsTheRecordSetsTheEnvironmentAndTakesTheFolderBack) {
  const testing::TemporaryFolder folder;
  const std::filesystem::path before = std::filesystem::current_path();
  {
    const JobScope scope(compose_run({"loss=sigmoid", "hydra.job.chdir=true",
                                      "+hydra.job.env_set.TWINSET_JOB_SCOPE=here"})
                             .tree,
                         {"loss=sigmoid"}, folder.path());
    EXPECT_TRUE(std::filesystem::equivalent(std::filesystem::current_path(), folder.path()));
    log_info("said within");
  }
  EXPECT_EQ(std::filesystem::current_path(), before);
  EXPECT_STREQ(std::getenv("TWINSET_JOB_SCOPE"), "here");
  EXPECT_THAT(read_file(folder.path() / "train.log"), ::testing::HasSubstr("said within"));
  const Node hydra = load_yaml_file(folder.path() / ".hydra/hydra.yaml");
  EXPECT_EQ(hydra.find_path("hydra.runtime.output_dir")->as_string(),
            std::filesystem::absolute(folder.path()).string());
  EXPECT_EQ(hydra.find_path("hydra.runtime.choices.loss")->as_string(), "sigmoid");
  EXPECT_EQ(
      load_yaml_file(folder.path() / ".hydra/config.yaml").find_path("loss.name")->as_string(),
      "sigmoid");
  EXPECT_EQ(read_file(folder.path() / ".hydra/overrides.yaml"), "- loss=sigmoid\n");
}

TEST(JobScope, KeepsNothingIfOutputSubdirIsNullOrOnOtherRanks) {
  const testing::TemporaryFolder folder;
  {
    const JobScope scope(compose_run({"hydra.output_subdir=null", "hydra/job_logging=none"}).tree,
                         {}, folder.path());
  }
  { const JobScope scope(compose_run({}).tree, {}, folder.path(), false); }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

}  // namespace
}  // namespace twinset
