#pragma once

#include "framework/sweep/launcher.h"

namespace twinset {

/// Registers every launcher of this folder.
void register_builtin_launchers(LauncherRegistry& registry);

}  // namespace twinset
