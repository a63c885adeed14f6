#include "framework/distributed/launch_environment.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <string>

#include "framework/core/error.h"

namespace twinset {
namespace {

class LaunchEnvironmentTest : public ::testing::Test {
 protected:
  LaunchEnvironmentTest() { clear(); }
  ~LaunchEnvironmentTest() override { clear(); }
  static void set(const std::map<std::string, std::string>& variables) {
    clear();
    for (const auto& [name, value] : variables) ::setenv(name.c_str(), value.c_str(), 1);
  }
  static void clear() {
    for (const char* name :
         {"RANK", "WORLD_SIZE", "LOCAL_RANK", "MASTER_ADDR", "MASTER_PORT",
          "TORCHELASTIC_USE_AGENT_STORE", "TORCHELASTIC_RESTART_COUNT", "TWINSET_LAUNCH",
          "SLURM_PROCID", "SLURM_STEP_NUM_TASKS", "SLURM_LOCALID", "SLURM_STEP_NODELIST",
          "SLURM_JOB_ID", "SLURM_STEP_ID", "SLURM_NTASKS"}) {
      ::unsetenv(name);
    }
  }
  static std::string message() {
    try {
      read_launch_environment();
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "no error";
  }
};

TEST_F(LaunchEnvironmentTest, WithoutALauncherTheProcessIsOnItsOwn) {
  const LaunchEnvironment environment = read_launch_environment();
  EXPECT_FALSE(environment.is_distributed());
  EXPECT_EQ(environment.rank, 0);
  EXPECT_EQ(environment.launcher, "");
}

TEST_F(LaunchEnvironmentTest, ReadsTorchrunsVariables) {
  set({{"RANK", "5"},
       {"WORLD_SIZE", "8"},
       {"LOCAL_RANK", "1"},
       {"MASTER_ADDR", "node1"},
       {"MASTER_PORT", "29500"}});
  LaunchEnvironment environment = read_launch_environment();
  EXPECT_EQ(environment.rank, 5);
  EXPECT_EQ(environment.world_size, 8);
  EXPECT_EQ(environment.local_rank, 1);
  EXPECT_EQ(environment.store_host, "node1");
  EXPECT_EQ(environment.store_port, 29500);
  EXPECT_FALSE(environment.hosts_store());
  ::setenv("RANK", "0", 1);
  EXPECT_TRUE(read_launch_environment().hosts_store());
  ::setenv("TORCHELASTIC_USE_AGENT_STORE", "True", 1);
  ::setenv("TORCHELASTIC_RESTART_COUNT", "3", 1);
  environment = read_launch_environment();
  EXPECT_FALSE(environment.hosts_store()) << "torchrun's agent serves it";
  EXPECT_EQ(environment.store_prefix, "twinset/3/") << "a restarted group has keys of its own";
}

TEST_F(LaunchEnvironmentTest, ReadsSlurmsVariables) {
  set({{"SLURM_PROCID", "3"},
       {"SLURM_STEP_NUM_TASKS", "4"},
       {"SLURM_LOCALID", "1"},
       {"SLURM_STEP_NODELIST", "gpu[003-004]"},
       {"SLURM_JOB_ID", "123456"},
       {"SLURM_STEP_ID", "0"}});
  const LaunchEnvironment environment = read_launch_environment();
  EXPECT_EQ(environment.rank, 3);
  EXPECT_EQ(environment.world_size, 4);
  EXPECT_EQ(environment.local_rank, 1);
  EXPECT_EQ(environment.store_host, "gpu003");
  EXPECT_EQ(environment.store_port, 20000 + 123456 % 40000);
}

TEST_F(LaunchEnvironmentTest, ABatchScriptOfSlurmIsOneProcess) {
  set({{"SLURM_PROCID", "0"}, {"SLURM_NTASKS", "4"}, {"SLURM_JOB_ID", "7"}});
  EXPECT_FALSE(read_launch_environment().is_distributed());
}

TEST_F(LaunchEnvironmentTest, FirstHostOfSlurmsList) {
  EXPECT_EQ(first_slurm_host("gpu[003-010,12],login1"), "gpu003");
  EXPECT_EQ(first_slurm_host("gpu[7,9]"), "gpu7");
  EXPECT_EQ(first_slurm_host("a,b[1-2]"), "a");
  EXPECT_EQ(first_slurm_host("node-1"), "node-1");
}

TEST_F(LaunchEnvironmentTest, SaysWhichVariableIsWrong) {
  set({{"RANK", "0"}});
  EXPECT_EQ(message(),
            "environment variable WORLD_SIZE: is not set, but RANK is, expected RANK, WORLD_SIZE, "
            "MASTER_ADDR and MASTER_PORT together; "
            "start ranks with torchrun --no-python, srun, or `twinset launch --ranks N`");
  set({{"RANK", "one"}, {"WORLD_SIZE", "2"}});
  EXPECT_EQ(message(),
            "environment variable RANK: is 'one', expected a number; torchrun, srun and `twinset "
            "launch` set it");
  set({{"RANK", "2"}, {"WORLD_SIZE", "2"}, {"MASTER_ADDR", "a"}, {"MASTER_PORT", "1"}});
  EXPECT_EQ(message(),
            "environment: this is rank 2 of 2, expected a rank below the number of ranks");
}

}  // namespace
}  // namespace twinset
