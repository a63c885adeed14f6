#pragma once

#include <ATen/core/Tensor.h>

#include "framework/distributed/communicator.h"

namespace twinset {

/// What the ranks make of gathered rows, which decides the gradient that flows back to a rank's own
/// ones.
enum class GatherGradient {
  kSharedLoss,   ///< every rank computes the same loss of the whole batch: its own part of the
                 ///< gradient, nothing is sent
  kSumOfLosses,  ///< every rank has a loss of its own and their sum is minimised: the sum of all
                 ///< ranks' gradients of its rows
};

/// The rows of all ranks [sum of n_r, D], differentiable: see Communicator::gather_rows.
at::Tensor gather_rows(Communicator& communicator, const at::Tensor& rows, GatherGradient gradient);

/// The sum of a tensor over ranks, differentiable; for a loss that every rank computes alike of it
/// (kSharedLoss) the gradient passes unchanged, for the sum of the ranks' losses it is summed.
at::Tensor sum_over_ranks(Communicator& communicator, const at::Tensor& tensor,
                          GatherGradient gradient);

/// The part [begin, end) of `total` rows that a rank takes: all ranks' parts in order are the
/// whole, their sizes differ by at most one.
struct RowRange {
  int64_t begin = 0, end = 0;
  int64_t size() const { return end - begin; }
};
RowRange rank_share(int64_t total, int64_t rank, int64_t world_size);

}  // namespace twinset
