#pragma once

#include "framework/kernels/tiled_loss.h"

namespace twinset {

/// SigLIP, a binary decision for every pair that is not excluded; the formula of losses/sigmoid.h.
///
/// A pair's gradient needs no other pair, so one sweep gives the value and both gradients (if any
/// is asked for): 3 products of 2 B N D operations, memory O((B + N) D).
///
/// @param bias  [] float32, added to each logit; receives gradient
/// @return sum over pairs / B
/// Numerics: as `tiled_info_nce`.
TiledLoss tiled_sigmoid(const TiledBatch& batch, const at::Tensor& bias);

}  // namespace twinset
