// Private to this folder: the sweeps of the tiled losses on a GPU.
//
// The forward sweep computes a tile once for both directions. The backward sweep computes it twice, once for each side's gradient, so
// that every number is summed in one fixed order and no two thread blocks write to the same place.
#pragma once

#include "framework/kernels/similarity_sweep.h"
#include "framework/kernels/softmax_epilogues.h"
#include "framework/kernels/tiled_loss.h"

namespace twinset {

SoftmaxSums softmax_sums_cuda(const TiledBatch& batch, bool removes_positives);
SweepGradients softmax_gradients_cuda(const TiledBatch& batch, bool removes_positives, const SoftmaxShifts& shifts, double factor, bool wants_documents);

struct SigmoidSweepCuda {
  SweepGradients gradients;
  double losses = 0, logit_gradients = 0;  ///< sums over pairs
};
SigmoidSweepCuda sigmoid_sweep_cuda(const TiledBatch& batch, double bias, double factor, bool wants_documents);

}  // namespace twinset
