#pragma once

#include <ATen/core/Tensor.h>

#include "framework/core/tensor_fwd.h"

namespace twinset {

/// The Euclidean norm of all gradients together, as a float64 scalar tensor [] (not read back, so
/// that a GPU is not waited for). Parameters without a gradient count as zero.
at::Tensor gradient_norm(const NamedTensors& parameters);

/// Scales all gradients by min(1, max_norm / norm), in place. `norm` is what `gradient_norm` gave.
/// Source: Pascanu et al. 2013, arXiv:1211.5063, section 3.2.
void clip_gradients(const NamedTensors& parameters, double norm, double max_norm);

/// Drops all gradients, so that the next backward pass writes instead of adding.
void reset_gradients(const NamedTensors& parameters);

}  // namespace twinset
