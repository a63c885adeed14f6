#include "eval/config_differences.h"

#include <algorithm>
#include <map>

namespace twinset {
namespace {

using Flat = std::vector<std::pair<std::string, std::string>>;

void flatten(const Node& node, const std::string& path, Flat& flat) {
  if (node.is_map() && !node.as_map().empty()) {
    for (const auto& [key, child] : node.as_map())
      flatten(child, path.empty() ? key : path + "." + key, flat);
    return;
  }
  flat.emplace_back(path, node.is_string() ? node.as_string() : to_json(node).dump());
}

}  // namespace

std::vector<ConfigDifference> config_differences(const std::vector<Node>& configs) {
  std::vector<std::string> keys;
  std::vector<std::map<std::string, std::string>> values;
  for (const Node& config : configs) {
    Flat flat;
    flatten(config, "", flat);
    for (const auto& [key, value] : flat) {
      if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
    }
    values.emplace_back(flat.begin(), flat.end());
  }
  std::vector<ConfigDifference> differences;
  for (const std::string& key : keys) {
    ConfigDifference difference{key, {}};
    for (const auto& config : values) {
      const auto found = config.find(key);
      difference.values.push_back(found == config.end() ? "-" : found->second);
    }
    const auto& all = difference.values;
    if (std::any_of(all.begin(), all.end(),
                    [&](const std::string& value) { return value != all[0]; }))
      differences.push_back(difference);
  }
  return differences;
}

}  // namespace twinset
