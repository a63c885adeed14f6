#pragma once

#include <ATen/core/Tensor.h>

#include "framework/encoders/encoder.h"

namespace twinset {

/// Parameters and buffers of an encoder in another floating type, in place: float64 for a gradient
/// check. Gradients are dropped.
void convert_weights(const Encoder& encoder, at::ScalarType type);

}  // namespace twinset
