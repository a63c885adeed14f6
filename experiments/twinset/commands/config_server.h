#pragma once

#include "experiments/twinset/command_line.h"
#include "experiments/twinset/plugins.h"

namespace twinset {

/// Answers requests for the configuration language, a JSON line each, until standard input ends;
/// framework/config/config_server.h has the protocol.
int config_server_command(const CommandLine& line, const Plugins& plugins);

}  // namespace twinset
