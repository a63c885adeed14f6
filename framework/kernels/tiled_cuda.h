// Private to this folder: the sweeps of the tiled losses on a GPU.
//
// A tile is multiplied and worked on by our kernels. Backward they leave the gradients of the pairs
// of some rows, a panel [rows, N] of 4 KiB a document, in the operands' type; two matrix products
// of libtorch make both sides' gradients of it, panel by panel, always in the same order.
#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "framework/kernels/similarity_sweep.h"
#include "framework/kernels/similarity_tiles.h"
#include "framework/kernels/softmax_epilogues.h"
#include "framework/kernels/tiled_loss.h"

namespace twinset {

/// Numbers or places as a tensor on a device.
at::Tensor to_device(const std::vector<float>& values, at::Device device);
at::Tensor to_device(const std::vector<int64_t>& values, at::Device device);

/// SoftmaxSums, on the GPU.
struct SoftmaxSumsCuda {
  at::Tensor row_maxima;       ///< [B] float32
  at::Tensor row_log_sums;     ///< [B] float64
  at::Tensor column_log_sums;  ///< [N] float64
  at::Tensor pair_logits;      ///< [pairs] float32
};

/// SoftmaxShifts, on the GPU: float32.
struct SoftmaxShiftsCuda {
  at::Tensor rows, columns, pairs;
};

struct SigmoidSweepCuda {
  SweepGradients gradients;
  double losses = 0, logit_gradients = 0;  ///< sums over pairs
};

/// A batch on a GPU as the kernels read it.
class SimilarityCuda {
 public:
  /// @throws SystemError if the kernels are not there (require_cuda)
  SimilarityCuda(const TiledBatch& batch, bool removes_positives);

  SoftmaxSumsCuda sums() const;
  /// The gradients' `product` takes the unrounded gradients of pairs.
  SweepGradients softmax_gradients(const SoftmaxShiftsCuda& shifts, double factor,
                                   bool wants_documents) const;
  SigmoidSweepCuda sigmoid(double bias, double factor, bool wants_gradients,
                           bool wants_documents) const;

  /// [N] float32; undefined: zeros
  const at::Tensor& log_q() const { return log_q_; }
  bool corrects_positives() const { return corrects_positives_; }
  double scale() const { return static_cast<double>(arguments_.scale); }
  /// libtorch's current one, for kernels
  void* stream() const;

 private:
  struct Totals {
    double product = 0, losses = 0, sums = 0;
  };
  Totals sweep(SimilarityArguments arguments, SimilarityGradients g, bool wants_gradients,
               bool wants_documents, SweepGradients* gradients) const;
  at::Tensor empty(at::IntArrayRef sizes, at::ScalarType type) const;

  at::Tensor x_, y_;  // rows filled up to multiples of 16 bytes
  int64_t depth_;     // without the filling
  at::Tensor log_q_, excluded_offsets_, excluded_columns_, positive_offsets_, positive_columns_;
  int64_t num_positives_;
  bool corrects_positives_;
  SimilarityArguments arguments_;
};

/// The sums on the host.
SoftmaxSums softmax_sums_cuda(const TiledBatch& batch, bool removes_positives);
SweepGradients softmax_gradients_cuda(const TiledBatch& batch, bool removes_positives,
                                      const SoftmaxShifts& shifts, double factor,
                                      bool wants_documents);

/// `tiled_info_nce` with all arithmetic on the GPU.
TiledLoss tiled_info_nce_cuda(const TiledBatch& batch, const std::vector<InfoNceTarget>& targets,
                              double document_weight);

}  // namespace twinset
