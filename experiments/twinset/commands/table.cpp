#include <fmt/format.h>

#include <cstdio>

#include "experiments/twinset/commands/commands.h"
#include "experiments/twinset/sweep_results.h"
#include "framework/core/error.h"

namespace twinset {

int table_command(const CommandLine& line, const Plugins& plugins) {
  std::vector<std::string> overrides = line.overrides;
  const std::optional<std::string> runs = take_override(overrides, "runs");
  const std::string table = take_override(overrides, "table").value_or("ablation");
  const std::optional<std::string> reference = take_override(overrides, "reference");
  const std::string out = take_override(overrides, "out").value_or(runs.value_or(""));
  if (!overrides.empty()) throw_unknown_name("", "key", overrides[0].substr(0, overrides[0].find('=')), {"runs", "table", "reference", "out"});
  if (!runs) {
    throw ConfigError({.what = "no runs are named", .expected = "runs=FOLDER of a sweep",
                       .todo = "for example: twinset table runs=multirun/quickstart table=ablation"});
  }
  ResultsRequest request{.sweep = *runs,
                         .table_config = find_config_dir(line.config_dir) / "table" / (table + ".yaml"),
                         .out = out,
                         .reference = {},
                         .command = fmt::format("twinset table {}", fmt::join(line.overrides, " ")),
                         .title = std::filesystem::path(*runs).filename().string(),
                         .question = "How do the runs of this sweep compare?"};
  if (reference) request.reference = *reference;
  const std::filesystem::path report = write_results(request, plugins);
  std::puts(fmt::format("\nreport: {}", std::filesystem::absolute(report).string()).c_str());
  return 0;
}

}  // namespace twinset
