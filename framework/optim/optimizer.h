#pragma once

#include <ATen/core/Tensor.h>

#include <memory>
#include <string>
#include <vector>

#include "framework/core/registry.h"
#include "framework/core/tensor_fwd.h"

namespace twinset {

/// Parameters that are updated alike.
struct ParameterGroup {
  std::string name;  ///< for messages and statistics
  NamedTensors parameters;
  bool has_weight_decay = true;
  double lr_scale = 1.0;  ///< multiplies the learning rate
};

/// Updates parameters in place from their gradients. A parameter without a gradient is left as it
/// is.
class Optimizer {
 public:
  virtual ~Optimizer() = default;
  virtual void step(double lr) = 0;
  /// State tensors under stable names ("adamw.<parameter>.mean"), sharing storage: what a
  /// checkpoint holds.
  virtual NamedTensors state() = 0;
  /// The steps taken, part of the state.
  virtual int64_t num_steps() const = 0;
  virtual void set_num_steps(int64_t num_steps) = 0;
};

using OptimizerRegistry = Registry<Optimizer, std::vector<ParameterGroup>>;

}  // namespace twinset
