#pragma once

#include <string>

#include "experiments/twinset/command_line.h"
#include "experiments/twinset/plugins.h"

namespace twinset::pinlanding {

/// `twinset pinlanding [overrides]`: stages of the pipeline, of the primary config `pinlanding`.
int pinlanding_command(const CommandLine& line, const Plugins& plugins);

/// What `twinset pinlanding --help` prints.
std::string pinlanding_help(const CommandLine& line);

}  // namespace twinset::pinlanding
