#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <utility>
#include <vector>

#include "framework/core/registry.h"
#include "framework/core/tensor_fwd.h"
#include "framework/kernels/device_number.h"
#include "framework/negatives/candidates.h"

namespace twinset {

/// A loss and the numbers that explain it.
struct LossResult {
  at::Tensor value;  ///< [] float, differentiable
  /// such as {"temperature", 0.05}
  std::vector<std::pair<std::string, DeviceNumber>> statistics;
};

/// Queries and candidates to a scalar. Pure but for its own parameters (temperature, bias), which
/// train with the encoders.
class Loss {
 public:
  virtual ~Loss() = default;
  /// @param queries_BD  [B, D] float, L2-normalised; receives gradient
  /// @throws ShapeError if the shapes of queries and candidates differ, or a column is out of range
  virtual LossResult forward(const at::Tensor& queries_BD, const Candidates& candidates) = 0;
  /// Trainable scalars; never weight-decayed.
  virtual NamedTensors parameters() const { return {}; }
  /// Puts the parameters back into their allowed range; called after each optimiser step.
  virtual void clamp_parameters() {}
  /// 1 / temperature, which turns a cosine into a logit; 1 if the loss has none.
  virtual double inverse_temperature() const { return 1.0; }
  virtual void to_device(const std::string& device) = 0;
};

using LossRegistry = Registry<Loss>;

}  // namespace twinset
