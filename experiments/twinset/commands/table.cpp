#include <fmt/format.h>

#include <cstdio>

#include "experiments/twinset/commands/commands.h"
#include "experiments/twinset/sweep_results.h"
#include "framework/core/error.h"

namespace twinset {
namespace {

ResultsRequest request_of(const CommandLine& line, const std::string& command,
                          const std::vector<std::string>& known) {
  std::vector<std::string> rest = line.overrides;
  const std::optional<std::string> runs = take_override(rest, "runs");
  const std::string table = take_override(rest, "table").value_or("ablation");
  const std::optional<std::string> reference = take_override(rest, "reference");
  ResultsRequest request{
      .sweep = runs.value_or(""),
      .table_config = find_config_dir(line.config_dir) / "table" / (table + ".yaml"),
      .out = take_override(rest, "out").value_or(runs.value_or("")),
      .reference = {},
      .command = fmt::format("twinset {} {}", command, fmt::join(line.overrides, " ")),
      .title = std::filesystem::path(runs.value_or("")).filename().string(),
      .question = "How do the runs of this sweep compare?",
      .findings = {}};
  if (command == "report") {
    request.title = take_override(rest, "title").value_or(request.title);
    request.question = take_override(rest, "question").value_or(request.question);
    for (const std::string& text : rest) {
      if (text.starts_with("finding=")) request.findings.push_back(text.substr(text.find('=') + 1));
    }
    take_override(rest, "finding");
  }
  if (!rest.empty()) throw_unknown_name("", "key", rest[0].substr(0, rest[0].find('=')), known);
  if (!runs) {
    throw ConfigError(
        {.what = "no runs are named",
         .expected = "runs=FOLDER of a sweep",
         .todo = fmt::format("for example: twinset {} runs=multirun/quickstart table=ablation",
                             command)});
  }
  if (reference) request.reference = *reference;
  return request;
}

}  // namespace

int table_command(const CommandLine& line, const Plugins& plugins) {
  write_tables(request_of(line, "table", {"runs", "table", "reference", "out"}), plugins);
  return 0;
}

int report_command(const CommandLine& line, const Plugins& plugins) {
  const auto request = request_of(
      line, "report", {"runs", "table", "reference", "out", "title", "question", "finding"});
  std::puts(fmt::format("\nreport: {}",
                        std::filesystem::absolute(write_results(request, plugins)).string())
                .c_str());
  return 0;
}

}  // namespace twinset
