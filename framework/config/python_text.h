// Values as Python writes them. Interpolations within strings, and casts in overrides, give this
// text: "True", "None", "1e-05", "{'k': 'v'}".
#pragma once

#include <string>

#include "framework/core/node.h"

namespace twinset {

/// Python's str(): strings as they are.
std::string python_str(const Node& node);

/// Python's repr(): strings quoted.
std::string python_repr(const Node& node);

}  // namespace twinset
