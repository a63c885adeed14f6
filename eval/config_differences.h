#pragma once

#include <string>
#include <vector>

#include "framework/core/node.h"

namespace twinset {

/// A key whose value is not the same in all configurations.
struct ConfigDifference {
  std::string key;                  ///< dotted path
  std::vector<std::string> values;  ///< one for each configuration; "-" where it has no such key
};

/// Where configurations differ, in the order of the first one's keys, then the keys that it does
/// not have. Lists are one value.
std::vector<ConfigDifference> config_differences(const std::vector<Node>& configs);

}  // namespace twinset
