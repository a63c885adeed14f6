// Private to this folder: the sweeps of the tiled losses on a GPU.
//
// A tile is multiplied and worked on by our kernels. Backward they leave the gradients of the pairs
// of some rows, a panel [rows, N] in bfloat16, or in three parts that add up to float32; libtorch's
// matrix products make both sides' gradients of it, panel by panel, always in the same order.
//
// Nothing here waits for the GPU: what a kernel needs of the host goes ahead of it, and scalars
// stay where they are.
#pragma once

#include <ATen/core/Tensor.h>

#include <span>
#include <vector>

#include "framework/kernels/similarity_sweep.h"
#include "framework/kernels/similarity_tiles.h"
#include "framework/kernels/softmax_epilogues.h"
#include "framework/kernels/tiled_loss.h"

namespace twinset {

/// SoftmaxSums, on the GPU.
struct SoftmaxSumsCuda {
  at::Tensor row_maxima;       ///< [B] float64
  at::Tensor row_log_sums;     ///< [B] float64
  at::Tensor column_log_sums;  ///< [N] float64
  at::Tensor pair_logits;      ///< [pairs] float64
};

/// SoftmaxShifts, on the GPU.
struct SoftmaxShiftsCuda {
  at::Tensor rows, columns, pairs;  ///< [B], [N], [pairs] float32
};

/// SweepGradients, on the GPU.
struct SweepGradientsCuda {
  at::Tensor queries, documents;  ///< [B, D], [N, D] float32
  at::Tensor product;             ///< [] float64, over the inverse temperature
};

/// What a sweep over all pairs finds, on the GPU.
struct PairSweepCuda {
  SweepGradientsCuda gradients;
  at::Tensor losses, logit_gradients;  ///< [] float64, sums over pairs; of the sigmoid alone
};

/// A batch on a GPU as the kernels read it.
class SimilarityCuda {
 public:
  /// @param places  what else the loss wants on the GPU, in the same copy
  /// @throws SystemError if the kernels are not there (require_cuda)
  SimilarityCuda(const TiledBatch& batch, bool removes_positives,
                 std::span<const int64_t> places = {});

  SoftmaxSumsCuda sums() const;
  /// The gradients' `product` takes the unrounded gradients of pairs.
  /// @param upstream  [] float32, a factor of all gradients
  SweepGradientsCuda softmax_gradients(const SoftmaxShiftsCuda& shifts, const at::Tensor& upstream,
                                       bool wants_documents) const;
  /// @param bias    [] float32
  /// @param factor  of the gradients, beside the inverse temperature
  PairSweepCuda sigmoid(const at::Tensor& bias, double factor, bool wants_gradients,
                        bool wants_documents) const;

  /// [N] float32; undefined: zeros
  const at::Tensor& log_q() const { return log_q_; }
  bool corrects_positives() const { return corrects_positives_; }
  const at::Tensor& places() const { return places_; }
  /// Columns of the positive pairs; null if there are none.
  const int64_t* positive_columns() const { return arguments_.positives.columns; }
  /// libtorch's current one, for kernels
  void* stream() const;

 private:
  PairSweepCuda sweep(SimilarityArguments arguments, SimilarityGradients g, bool wants_gradients,
                      bool wants_documents) const;
  at::Tensor empty(at::IntArrayRef sizes, at::ScalarType type) const;

  at::Tensor x_, y_;  // rows filled up to multiples of 16 bytes
  int64_t depth_;     // without the filling
  at::Tensor scale_, log_q_, pairs_, places_;
  int64_t num_positives_;
  bool corrects_positives_;
  SimilarityArguments arguments_;
};

/// The sums on the host.
SoftmaxSums softmax_sums_cuda(const TiledBatch& batch, bool removes_positives);
SweepGradientsCuda softmax_gradients_cuda(const TiledBatch& batch, bool removes_positives,
                                          const SoftmaxShifts& shifts, const at::Tensor& upstream,
                                          bool wants_documents);

/// `tiled_info_nce` with all arithmetic on the GPU.
/// @param targets  [B] index of the target's positive pair; -1: none
TiledLoss tiled_info_nce_cuda(const TiledBatch& batch, const std::vector<int64_t>& targets,
                              double document_weight);

/// `tiled_sigmoid`, likewise.
TiledLoss tiled_sigmoid_cuda(const TiledBatch& batch, const at::Tensor& bias);

}  // namespace twinset
