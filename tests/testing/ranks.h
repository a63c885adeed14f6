// Tests that run as several processes: each rank is this test program again, running the same test.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "framework/distributed/communicator.h"
#include "framework/distributed/process_launcher.h"

namespace twinset::testing {

/// True in a process that `run_as_ranks` started.
inline bool is_a_rank() { return std::getenv("TWINSET_LAUNCH") != nullptr; }

/// What a started group did.
struct RanksOutcome {
  int status = 0;
  std::string output;  ///< all lines, with "[rank] " before each
};

/// Starts the running test again, as `ranks` processes, and waits for them.
inline RanksOutcome start_ranks(int64_t ranks) {
  const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
  RanksOutcome outcome;
  outcome.status = launch_ranks(
      {.ranks = ranks,
       .command = {"/proc/self/exe",
                   std::string("--gtest_filter=") + test->test_suite_name() + "." + test->name(),
                   "--gtest_also_run_disabled_tests"},
       .grace_seconds = 20,
       .on_start = {},
       .on_line = [&](int64_t rank, bool, const std::string& line) {
         outcome.output += "[" + std::to_string(rank) + "] " + line + "\n";
       }});
  return outcome;
}

/// Begins a test that W processes run: in the process that ctest started it starts them, checks
/// that they all succeed, and returns true (the test is then over); in each of them it returns
/// false.
///     if (run_as_ranks(2)) return;
///     const auto ranks = join_ranks();
inline bool run_as_ranks(int64_t ranks) {
  if (is_a_rank()) return false;
  const RanksOutcome outcome = start_ranks(ranks);
  EXPECT_EQ(outcome.status, 0) << outcome.output;
  return true;
}

inline std::unique_ptr<Communicator> join_ranks(double timeout_seconds = 60) {
  DistributedOptions options;
  options.timeout_seconds = timeout_seconds;
  return make_communicator(read_launch_environment(), options, "cpu");
}

}  // namespace twinset::testing
