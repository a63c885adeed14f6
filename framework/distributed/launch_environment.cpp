#include "framework/distributed/launch_environment.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdlib>
#include <optional>

#include "framework/core/error.h"

namespace twinset {
namespace {

std::string text_of(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::optional<int64_t> number_of(const char* name) {
  const std::string text = text_of(name);
  if (text.empty()) return std::nullopt;
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0) {
    throw ConfigError({.where = fmt::format("environment variable {}", name),
                       .what = fmt::format("is '{}'", text),
                       .expected = "a number",
                       .todo = "torchrun, srun and `twinset launch` set it"});
  }
  return number;
}

int64_t required(const char* name, const char* beside) {
  if (const auto number = number_of(name)) return *number;
  throw ConfigError(
      {.where = fmt::format("environment variable {}", name),
       .what = fmt::format("is not set, but {} is", beside),
       .expected = "RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT together",
       .todo = "start ranks with torchrun --no-python, srun, or `twinset launch --ranks N`"});
}

LaunchEnvironment torchrun_environment() {
  LaunchEnvironment result;
  result.rank = *number_of("RANK");
  result.world_size = required("WORLD_SIZE", "RANK");
  result.local_rank = number_of("LOCAL_RANK").value_or(result.rank);
  result.launcher = text_of("TWINSET_LAUNCH").empty() ? "torchrun" : "twinset launch";
  if (result.world_size == 1) return result;
  result.store_host = text_of("MASTER_ADDR");
  if (result.store_host.empty()) required("MASTER_ADDR", "RANK");
  result.store_port = required("MASTER_PORT", "RANK");
  result.launcher_hosts_store = text_of("TORCHELASTIC_USE_AGENT_STORE") == "True";
  result.store_prefix =
      fmt::format("twinset/{}/", number_of("TORCHELASTIC_RESTART_COUNT").value_or(0));
  return result;
}

LaunchEnvironment slurm_environment(int64_t num_tasks) {
  LaunchEnvironment result;
  result.rank = required("SLURM_PROCID", "SLURM_STEP_NUM_TASKS");
  result.world_size = num_tasks;
  result.local_rank = number_of("SLURM_LOCALID").value_or(0);
  result.launcher = "slurm";
  result.store_host = text_of("MASTER_ADDR");
  if (result.store_host.empty())
    result.store_host = first_slurm_host(text_of("SLURM_STEP_NODELIST"));
  if (result.store_host.empty()) required("SLURM_STEP_NODELIST", "SLURM_STEP_NUM_TASKS");
  // Each step of each job has a port of its own, the same on all its machines.
  const int64_t step =
      number_of("SLURM_JOB_ID").value_or(0) + 1009 * number_of("SLURM_STEP_ID").value_or(0);
  result.store_port = number_of("MASTER_PORT").value_or(20000 + step % 40000);
  result.store_prefix = "twinset/0/";
  return result;
}

}  // namespace

std::string first_slurm_host(const std::string& node_list) {
  const size_t bracket = node_list.find_first_of("[,");
  if (bracket == std::string::npos || node_list[bracket] == ',')
    return node_list.substr(0, bracket);
  const size_t end = node_list.find_first_of("-,]", bracket);
  return node_list.substr(0, bracket) + node_list.substr(bracket + 1, end - bracket - 1);
}

LaunchEnvironment read_launch_environment() {
  LaunchEnvironment result;
  if (number_of("RANK")) {
    result = torchrun_environment();
  } else if (const auto num_tasks = number_of("SLURM_STEP_NUM_TASKS");
             num_tasks && *num_tasks > 1) {
    result = slurm_environment(*num_tasks);
  }
  if (result.world_size < 1 || result.rank >= result.world_size) {
    throw ConfigError({.where = "environment",
                       .what = fmt::format("this is rank {} of {}", result.rank, result.world_size),
                       .expected = "a rank below the number of ranks"});
  }
  return result;
}

}  // namespace twinset
