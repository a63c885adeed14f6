// What needs no Slurm; scripts/check_slurm runs a real one.
#include "framework/sweep/slurm.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "framework/sweep/subprocess.h"
#include "tests/framework/sweep/sweep_testing.h"

namespace twinset {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Slurm, TheScriptSaysWhatTheOptionsSayAndNothingElse) {
  const testing::TemporaryFolder folder;
  Manifest manifest(folder.path(), Manifest::Open::kMake);
  const LaunchContext context{.folder = "/sweeps/it's here",
                              .manifest = manifest,
                              .body = {},
                              .num_retries = 0,
                              .program = "/bin/twinset"};
  SlurmOptions options;
  const std::string plain = slurm_script(options, context, 5, "/sweeps/1.jobs");
  EXPECT_THAT(plain, HasSubstr("#SBATCH --array=0-4\n"));
  EXPECT_THAT(plain,
              HasSubstr("exec '/bin/twinset' run-job '/sweeps/it'\\''s here' \"$number\"\n"));
  for (const char* absent : {"--partition", "--time", "--gres", "--mem", "--cpus-per-task"})
    EXPECT_THAT(plain, Not(HasSubstr(absent)));
  options.partition = "gpu";
  options.time_limit = "01:00:00";
  options.gpus_per_job = 2;
  options.max_parallel = 3;
  options.extra = {"--exclusive"};
  options.setup = {"module load cuda"};
  const std::string full = slurm_script(options, context, 5, "/sweeps/1.jobs");
  for (const char* part : {"--partition=gpu\n", "--time=01:00:00\n", "--gres=gpu:2\n",
                           "--array=0-4%3\n", "#SBATCH --exclusive\n", "\nmodule load cuda\n"}) {
    EXPECT_THAT(full, HasSubstr(part));
  }
  EXPECT_EQ(run_command({"bash", "-n", "-c", full}).status, 0) << "it is valid shell";
}

TEST(Slurm, ReadsTheQueue) {
  EXPECT_EQ(parse_squeue("17_3|RUNNING\n17_4|PENDING\n"),
            (std::map<std::string, std::string>{{"17_3", "RUNNING"}, {"17_4", "PENDING"}}));
  EXPECT_TRUE(parse_squeue("").empty());
}

TEST(RunCommand, GivesOutputErrorAndStatus) {
  const CommandResult result = run_command({"sh", "-c", "echo out; echo err >&2; exit 3"});
  EXPECT_EQ(result.status, 3);
  EXPECT_EQ(result.output, "out\n");
  EXPECT_EQ(result.error, "err\n");
  EXPECT_EQ(run_command({"/nowhere/program"}).status, 127);
}

}  // namespace
}  // namespace twinset
