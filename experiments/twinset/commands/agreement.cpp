#include "eval/judged/agreement.h"

#include <fmt/format.h>

#include <cstdio>

#include "experiments/twinset/commands/commands.h"
#include "experiments/twinset/named_files.h"
#include "framework/core/error.h"

namespace twinset {

int agreement_command(const CommandLine& line, const Plugins&) {
  std::vector<std::string> overrides = line.overrides;
  const std::optional<std::string> file = take_override(overrides, "file");
  const std::vector<std::string> columns =
      split_list(take_override(overrides, "columns").value_or(""));
  if (!overrides.empty())
    throw_unknown_name("", "key", overrides[0].substr(0, overrides[0].find('=')),
                       {"file", "columns"});
  if (!file || columns.size() < 2) {
    throw ConfigError(
        {.what = "no raters are named",
         .expected = "a CSV file and at least two of its columns",
         .todo = "for example: twinset agreement file=ratings.csv columns=anna,bert"});
  }
  std::fputs(agreement_text(read_rating_columns(*file, columns), columns).c_str(), stdout);
  return 0;
}

}  // namespace twinset
