// Lets interface headers name at::Tensor without the 1.6 to 20 s that torch's headers cost.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace at {
class Tensor;
}

namespace twinset {

/// Tensors with their names, in a fixed order: parameters, buffers, optimiser state.
using NamedTensors = std::vector<std::pair<std::string, at::Tensor>>;

}  // namespace twinset
