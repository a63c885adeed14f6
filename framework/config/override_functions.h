// The functions of the override grammar: casts (int, float, str, bool), sweeps (choice, range,
// interval, glob) and what works on them (tag, sort, shuffle).
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "framework/config/override.h"

namespace twinset {

struct FunctionCall {
  std::string name;
  std::vector<OverrideValue> arguments;
  std::vector<std::pair<std::string, OverrideValue>> named;
};

/// The value of a call. @throws ConfigError without a place: unknown function, wrong number or type
/// of arguments
OverrideValue call_override_function(FunctionCall call);

}  // namespace twinset
