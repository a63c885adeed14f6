#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "framework/core/options.h"
#include "framework/sweep/launcher.h"

namespace twinset {

/// How the ranks of one job are started.
struct RankOptions {
  int64_t count = 1;
  std::vector<std::string> command = {"{program}", "launch", "--ranks", "{ranks}"};

  template <class V>
  void visit(V&& v) {
    v("count", count,
      Field{.help = "processes that train one job together", .unit = "ranks", .min = 1});
    v("command", command,
      Field{.help = "what starts them, with more than one; the job's own command line is put "
                    "behind it. Another: "
                    "[torchrun, --no-python, '--nproc-per-node={ranks}']"});
  }
};

/// The command line that runs a job's body in every rank: `command` with {program} and {ranks}
/// filled in, then `PROGRAM job-body FOLDER NUMBER`.
std::vector<std::string> rank_command_line(const RankOptions& options, const LaunchContext& context,
                                           int64_t number);

/// The context's body, or, with several ranks, one that starts them by their command line and
/// waits.
std::function<JobState()> job_body(const RankOptions& options, const LaunchContext& context,
                                   const JobRecord& job);

}  // namespace twinset
