// What the losses of whole rows and columns share: logits with their labels as index tensors, and
// one direction of them. Positives and exclusions stay sparse: a pair is read or masked by its
// cell, so that no [B, N] mask is built.
#pragma once

#include <ATen/core/Tensor.h>

#include "framework/negatives/candidates.h"

namespace twinset {

/// The pairs of a table as [P] int64 tensors on a device.
struct PairIndices {
  at::Tensor row, column;
  at::Tensor cell;  ///< row * N + column
  int64_t size() const { return cell.size(0); }
};

/// @param like  gives the device
PairIndices pair_indices(const SparsePairs& pairs, const at::Tensor& like);

/// [P] the pairs' cells of a [B, N] matrix.
at::Tensor take_pairs(const at::Tensor& matrix_BN, const PairIndices& pairs);

/// The matrix with the pairs' cells replaced, which then receive no gradient; itself if there is no
/// pair.
at::Tensor fill_pairs(const at::Tensor& matrix_BN, const PairIndices& pairs, double value);

/// Logits (or cosines) [B, N] with what is known of each pair.
class LabelledLogits {
 public:
  LabelledLogits(at::Tensor logits_BN, const Candidates& candidates);

  const at::Tensor& logits() const { return logits_BN_; }  ///< [B, N], nothing masked
  const at::Tensor& all() const;        ///< [B, N], excluded pairs at kMaskedLogit
  const at::Tensor& negatives() const;  ///< [B, N], positives at kMaskedLogit too
  const at::Tensor& positive_logits() const { return positive_P_; }  ///< [P]
  const at::Tensor& positive_weights() const {
    return weight_P_;
  }  ///< [P] relevance, 1 where nothing is known
  const PairIndices& positives() const { return positives_; }
  const PairIndices& excluded() const { return excluded_; }
  at::Tensor mask_excluded(const at::Tensor& matrix_BN) const;
  at::Tensor mask_non_negatives(const at::Tensor& matrix_BN) const;

  /// Takes log_q from each column: from all pairs, or from all but the positives
  /// (corrects_positives = false).
  void subtract_log_q(const Candidates& candidates);

 private:
  at::Tensor logits_BN_, positive_P_, weight_P_;
  PairIndices positives_, excluded_;
  mutable at::Tensor all_BN_, negatives_BN_;
};

/// One direction of a batch. Axis 1: a line is a row, a query over its documents; axis 0: a column,
/// a document over the queries.
class Lines {
 public:
  Lines(const LabelledLogits& labelled, int64_t axis);

  const LabelledLogits& labelled() const { return labelled_; }
  int64_t axis() const { return axis_; }
  int64_t num_lines() const { return num_lines_; }
  const at::Tensor& positive_logits() const { return labelled_.positive_logits(); }

  at::Tensor log_sum_all() const;  ///< [L] log sum exp over positives and negatives
  at::Tensor log_sum_negatives()
      const;  ///< [L] log sum exp over negatives; near kMaskedLogit if there is none
  /// [L] log sum exp of [P] values over a line's positives; kMaskedLogit if there is none.
  at::Tensor log_sum_positives(const at::Tensor& values_P) const;
  at::Tensor num_negatives() const;  ///< [L]
  at::Tensor num_counted() const;    ///< [L] pairs that are not excluded

  /// [P] the value of each positive pair's line.
  at::Tensor of_pairs(const at::Tensor& values_L) const;
  /// [L] sums over a line's positives.
  at::Tensor sum_positives(const at::Tensor& values_P) const;
  /// [K] the indices of lines where `counts` [L] is positive.
  static at::Tensor where_positive(const at::Tensor& counts_L);

  /// The mean over lines of the weighted mean over a line's positives; lines without a positive do
  /// not count.
  at::Tensor mean(const at::Tensor& terms_P) const;
  /// The same over the pairs with `counted` [P]; lines without one do not count.
  at::Tensor mean(const at::Tensor& terms_P, const at::Tensor& counted_P) const;
  /// The mean of [L] terms over the lines that have a positive; 0 if none has.
  at::Tensor mean_of_lines(const at::Tensor& terms_L) const;

 private:
  at::Tensor share(const at::Tensor& weights_P) const;

  const LabelledLogits& labelled_;
  int64_t axis_, num_lines_;
  at::Tensor line_P_;
};

/// The mean of [L] terms over lines where `counts` [L] is positive; 0, with a gradient of 0, if
/// there is none.
at::Tensor mean_where_positive(const at::Tensor& terms_L, const at::Tensor& counts_L);

}  // namespace twinset
