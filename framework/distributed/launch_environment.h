// Who started this process: one of how many ranks it is, and where they meet.
#pragma once

#include <cstdint>
#include <string>

namespace twinset {

/// What a launcher tells a process of its group.
struct LaunchEnvironment {
  int64_t rank = 0;
  int64_t world_size = 1;
  int64_t local_rank = 0;  ///< among the ranks of this machine: which GPU it takes
  std::string store_host;  ///< machine that holds the key-value store through which ranks meet
  int64_t store_port = 0;
  bool launcher_hosts_store = false;  ///< false: rank 0 serves the store
  std::string store_prefix;  ///< before every key, so that a restarted group does not meet its
                             ///< predecessor's keys
  std::string launcher;  ///< "torchrun", "slurm", "twinset launch", or "" for a process on its own

  bool is_distributed() const { return world_size > 1; }
  bool hosts_store() const { return rank == 0 && !launcher_hosts_store; }
};

/// Reads the environment variables of torchrun and of everything that follows its convention (RANK,
/// WORLD_SIZE, LOCAL_RANK, MASTER_ADDR, MASTER_PORT), or of srun (SLURM_PROCID,
/// SLURM_STEP_NUM_TASKS, SLURM_LOCALID, SLURM_STEP_NODELIST). With neither, and with one task, the
/// process is on its own.
/// @throws ConfigError naming the variable that is missing or is no number, or a rank outside its
/// world
LaunchEnvironment read_launch_environment();

/// The first machine of Slurm's compressed list: "gpu[003-010,12],login1" gives "gpu003".
std::string first_slurm_host(const std::string& node_list);

}  // namespace twinset
