#include <fmt/format.h>

#include <cstdio>

#include "eval/run_comparison.h"
#include "experiments/twinset/commands/commands.h"
#include "experiments/twinset/sweep_results.h"
#include "framework/core/atomic_file.h"
#include "framework/core/error.h"

namespace twinset {

int compare_command(const CommandLine& line, const Plugins&) {
  std::vector<std::string> folders = line.overrides;
  const std::string split = take_override(folders, "split").value_or("test");
  const std::optional<std::string> out = take_override(folders, "out");
  if (folders.size() != 2) {
    throw ConfigError({.what = fmt::format("{} runs are named", folders.size()),
                       .expected = "two folders of finished runs",
                       .todo = "for example: twinset compare multirun/quickstart/RUN "
                               "multirun/quickstart/RUN out=compare.html"});
  }
  const RunComparison comparison =
      compare_runs(read_run_result(folders[0]), read_run_result(folders[1]),
                   {read_run_config(folders[0]), read_run_config(folders[1])}, split);
  std::fputs(to_markdown(comparison).c_str(), stdout);
  if (out) write_file(*out, comparison_html(comparison));
  return 0;
}

}  // namespace twinset
