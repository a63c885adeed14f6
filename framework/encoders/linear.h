// Private to this folder.
#pragma once

#include <ATen/core/Tensor.h>

namespace twinset {

/// \f$ y = x W^\top + b \f$
///
/// x [..., I], weight [O, I], bias [O]; the result [..., O] has x's dtype (autocast's, within its
/// scope). What is computed in float32 on a CPU is multiplied by oneDNN, which uses all vector
/// instructions of every x86 processor (MKL those of AVX2 on AMD's); everything else is
/// at::linear. The gradient of the weight is MKL's: with many rows it is the faster of the two.
at::Tensor linear(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias);

}  // namespace twinset
