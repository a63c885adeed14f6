#include "framework/losses/labelled_logits.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/zeros.h>

#include <algorithm>

#include "framework/losses/dense_pairs.h"

namespace twinset {

PairIndices pair_indices(const SparsePairs& pairs, const at::Tensor& like) {
  std::vector<int64_t> rows, cells;
  rows.reserve(pairs.columns.size());
  cells.reserve(pairs.columns.size());
  for (int64_t i = 0; i < pairs.num_rows(); ++i) {
    for (int64_t column : pairs.row(i)) {
      rows.push_back(i);
      cells.push_back(i * pairs.num_columns + column);
    }
  }
  return {index_tensor(rows, like), index_tensor(pairs.columns, like), index_tensor(cells, like)};
}

at::Tensor take_pairs(const at::Tensor& matrix_BN, const PairIndices& pairs) {
  return matrix_BN.reshape({-1}).index_select(0, pairs.cell);
}

at::Tensor fill_pairs(const at::Tensor& matrix_BN, const PairIndices& pairs, double value) {
  if (pairs.size() == 0) return matrix_BN;
  return matrix_BN.reshape({-1}).index_fill(0, pairs.cell, value).view(matrix_BN.sizes());
}

LabelledLogits::LabelledLogits(at::Tensor logits_BN, const Candidates& candidates)
    : logits_BN_(std::move(logits_BN)),
      positives_(pair_indices(candidates.positives, logits_BN_)),
      excluded_(pair_indices(candidates.excluded, logits_BN_)) {
  positive_P_ = take_pairs(logits_BN_, positives_);
  weight_P_ = twinset::positive_weights(candidates, logits_BN_);
}

at::Tensor LabelledLogits::mask_excluded(const at::Tensor& matrix_BN) const {
  return fill_pairs(matrix_BN, excluded_, kMaskedLogit);
}

at::Tensor LabelledLogits::mask_non_negatives(const at::Tensor& matrix_BN) const {
  return fill_pairs(mask_excluded(matrix_BN), positives_, kMaskedLogit);
}

const at::Tensor& LabelledLogits::all() const {
  if (!all_BN_.defined()) all_BN_ = mask_excluded(logits_BN_);
  return all_BN_;
}

const at::Tensor& LabelledLogits::negatives() const {
  if (!negatives_BN_.defined()) negatives_BN_ = fill_pairs(all(), positives_, kMaskedLogit);
  return negatives_BN_;
}

void LabelledLogits::subtract_log_q(const Candidates& candidates) {
  if (!candidates.log_q.defined()) return;
  logits_BN_ = logits_BN_ - candidates.log_q.to(logits_BN_.options()).unsqueeze(0);
  if (candidates.corrects_positives) {
    positive_P_ = take_pairs(logits_BN_, positives_);
  } else {
    logits_BN_ = logits_BN_.reshape({-1})
                     .index_copy(0, positives_.cell, positive_P_)
                     .view(logits_BN_.sizes());
  }
  all_BN_ = negatives_BN_ = at::Tensor();
}

Lines::Lines(const LabelledLogits& labelled, int64_t axis)
    : labelled_(labelled),
      axis_(axis),
      num_lines_(labelled.logits().size(1 - axis)),
      line_P_(axis == 1 ? labelled.positives().row : labelled.positives().column) {}

at::Tensor Lines::log_sum_all() const { return labelled_.all().logsumexp({axis_}); }

at::Tensor Lines::log_sum_negatives() const { return labelled_.negatives().logsumexp({axis_}); }

at::Tensor Lines::log_sum_positives(const at::Tensor& values_P) const {
  const at::Tensor floor = at::full({num_lines_}, kMaskedLogit, values_P.options());
  const at::Tensor largest_L = floor.scatter_reduce(0, line_P_, values_P.detach(), "amax");
  const at::Tensor sum_L = sum_positives((values_P - of_pairs(largest_L)).exp());
  // A line without a positive has the sum 0; its logarithm is never taken.
  const at::Tensor is_empty_L = largest_L.le(0.5 * kMaskedLogit);
  return sum_L.masked_fill(is_empty_L, 1.0).log() + largest_L;
}

at::Tensor Lines::num_counted() const {
  const at::Tensor& excluded_line =
      axis_ == 1 ? labelled_.excluded().row : labelled_.excluded().column;
  const auto options = labelled_.positive_weights().options();
  const at::Tensor ones = at::full({excluded_line.size(0)}, 1.0, options);
  return at::full({num_lines_}, static_cast<double>(labelled_.logits().size(axis_)), options)
      .index_add(0, excluded_line, -ones);
}

at::Tensor Lines::num_negatives() const {
  return num_counted() - sum_positives(at::ones_like(labelled_.positive_weights()));
}

at::Tensor Lines::of_pairs(const at::Tensor& values_L) const {
  return values_L.index_select(0, line_P_);
}

at::Tensor Lines::sum_positives(const at::Tensor& values_P) const {
  return at::zeros({num_lines_}, values_P.options()).index_add(0, line_P_, values_P);
}

at::Tensor Lines::where_positive(const at::Tensor& counts_L) {
  return counts_L.gt(0).nonzero().squeeze(1);
}

at::Tensor Lines::share(const at::Tensor& weights_P) const {
  const at::Tensor sum_L = sum_positives(weights_P);
  const at::Tensor num_lines = sum_L.gt(0).sum().clamp_min(1);
  return weights_P / (of_pairs(sum_L).clamp_min(1e-30) * num_lines);
}

at::Tensor Lines::mean(const at::Tensor& terms_P) const {
  return (terms_P * share(labelled_.positive_weights())).sum();
}

at::Tensor Lines::mean(const at::Tensor& terms_P, const at::Tensor& counted_P) const {
  return (terms_P * share(labelled_.positive_weights() * counted_P.to(terms_P.scalar_type())))
      .sum();
}

at::Tensor Lines::mean_of_lines(const at::Tensor& terms_L) const {
  return mean_where_positive(terms_L, sum_positives(labelled_.positive_weights()));
}

at::Tensor mean_where_positive(const at::Tensor& terms_L, const at::Tensor& counts_L) {
  const at::Tensor counted = Lines::where_positive(counts_L);
  return terms_L.index_select(0, counted).sum() /
         static_cast<double>(std::max<int64_t>(1, counted.size(0)));
}

}  // namespace twinset
