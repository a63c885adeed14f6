#pragma once

#include <string>
#include <vector>

namespace twinset {

/// What a short command printed and how it ended.
struct CommandResult {
  int status = 0;  ///< exit status; 127 if it can't be started, 128 + n if signal n ended it
  std::string output;
  std::string error;
};

/// Runs a command such as `squeue` and waits for it. Ctrl-C does not reach it.
CommandResult run_command(const std::vector<std::string>& arguments);

}  // namespace twinset
