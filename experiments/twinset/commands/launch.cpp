#include <fmt/format.h>

#include <algorithm>

#include "experiments/twinset/commands/commands.h"
#include "framework/core/error.h"
#include "framework/distributed/process_launcher.h"

namespace twinset {
int launch_command(const std::vector<std::string>& arguments,
                   const std::vector<std::string>& commands) {
  LaunchRequest request{.ranks = 0, .command = {}, .on_start = {}, .on_line = {}};
  size_t next = 0;
  for (; next < arguments.size() && arguments[next].rfind("--", 0) == 0; next += 2) {
    const std::string& option = arguments[next];
    if (option != "--ranks" && option != "--grace-seconds")
      throw_unknown_name("launch", "option", option, {"--ranks", "--grace-seconds"});
    if (next + 1 == arguments.size())
      throw ConfigError({.where = option, .what = "has no value", .expected = "one behind it"});
    const int64_t number = whole_number(option, arguments[next + 1], 1);
    if (option == "--ranks") request.ranks = number;
    if (option == "--grace-seconds") request.grace_seconds = static_cast<double>(number);
  }
  if (request.ranks == 0 || next == arguments.size()) {
    throw ConfigError(
        {.where = "launch",
         .what = request.ranks == 0 ? "does not say how many ranks" : "has no command",
         .expected = "--ranks N COMMAND...",
         .todo = "for example: twinset launch --ranks 2 train loss=sigmoid"});
  }
  request.command.assign(arguments.begin() + static_cast<std::ptrdiff_t>(next), arguments.end());
  if (std::find(commands.begin(), commands.end(), request.command[0]) != commands.end()) {
    request.command.insert(request.command.begin(), "/proc/self/exe");
  }
  return launch_ranks(request);
}

}  // namespace twinset
