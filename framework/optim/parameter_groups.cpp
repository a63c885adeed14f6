#include "framework/optim/parameter_groups.h"

namespace twinset {

std::vector<ParameterGroup> decay_groups(const NamedTensors& parameters) {
  std::vector<ParameterGroup> groups = {
      {.name = "decayed", .parameters = {}, .has_weight_decay = true},
      {.name = "not_decayed", .parameters = {}, .has_weight_decay = false}};
  for (const auto& entry : parameters)
    groups[entry.second.dim() > 1 ? 0 : 1].parameters.push_back(entry);
  return groups;
}

}  // namespace twinset
