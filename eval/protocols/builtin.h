#pragma once

#include "eval/subject.h"

namespace twinset {

/// Registers every protocol of this folder.
void register_builtin_protocols(ProtocolRegistry& registry);

}  // namespace twinset
