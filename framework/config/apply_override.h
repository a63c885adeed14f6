// Overrides of values, "a.b=1", "+a=1", "++a=1", "~a", applied to a composed tree. Its keys are
// closed: only + and ++ add new ones.
#pragma once

#include "framework/config/override.h"
#include "framework/core/node.h"

namespace twinset {

/// Values get the location "override `text`".
///
/// @throws ConfigError with a caret: a key that does not exist (with the nearest), one that exists
/// already behind '+',
///         a deletion of nothing or of another value, a map that meets a list
void apply_override(const Override& override, Node& root);

}  // namespace twinset
