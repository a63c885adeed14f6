// InfoNCE's arithmetic on vectors of length B and N where the GPU is: on the host it would take as
// long as the products.
#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>
#include <c10/core/DeviceGuard.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <utility>

#include "framework/kernels/cuda_library.h"
#include "framework/kernels/info_nce_targets.h"
#include "framework/kernels/tiled_cuda.h"
#include "framework/kernels/tiled_gradient.h"
#include "framework/kernels/upload.h"

namespace twinset {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

class InfoNceBackwardCuda final : public TiledBackward {
 public:
  InfoNceBackwardCuda(std::shared_ptr<const SimilarityCuda> similarity, SoftmaxShiftsCuda shifts)
      : similarity_(std::move(similarity)), shifts_(std::move(shifts)) {}

  TiledGradients gradients(const at::Tensor& upstream, bool wants_documents) override {
    const SweepGradientsCuda found =
        similarity_->softmax_gradients(shifts_, upstream, wants_documents);
    return {.queries = found.queries,
            .documents = found.documents,
            .inverse_temperature = found.product};
  }

 private:
  std::shared_ptr<const SimilarityCuda> similarity_;
  SoftmaxShiftsCuda shifts_;
};

int64_t column_of(int64_t pair, const SparsePairs& positives) {
  return positives.columns[static_cast<size_t>(pair)];
}

// True if a column is the target of several rows.
bool has_shared_targets(const std::vector<int64_t>& pairs, const SparsePairs& positives) {
  std::vector<bool> is_taken(static_cast<size_t>(positives.num_columns));
  for (const int64_t pair : pairs) {
    if (pair < 0) continue;
    const auto column = static_cast<size_t>(column_of(pair, positives));
    if (is_taken[column]) return true;
    is_taken[column] = true;
  }
  return false;
}

// -log of the sum of exp(-shifts) over a column's targets, [num_columns] float32.
at::Tensor joined_shifts(const at::Tensor& shifts_of_rows, const std::vector<int64_t>& pairs,
                         const SparsePairs& positives) {
  std::vector<int64_t> target_rows, target_columns;
  for (size_t row = 0; row < pairs.size(); ++row) {
    if (pairs[row] < 0) continue;
    target_rows.push_back(static_cast<int64_t>(row));
    target_columns.push_back(column_of(pairs[row], positives));
  }
  const int64_t num_columns = positives.num_columns;
  const auto lists = upload({target_rows, target_columns}, shifts_of_rows.device());
  const at::Tensor shifts = shifts_of_rows.index_select(0, lists[0]), &columns = lists[1];
  const at::Tensor least = at::full({num_columns}, kInfinity, shifts.options())
                               .scatter_reduce(0, columns, shifts, "amin");
  const at::Tensor sums =
      at::zeros({num_columns}, shifts.options())
          .index_put({columns}, (least.index_select(0, columns) - shifts).exp(), true);
  return (least - sums.log()).to(at::kFloat);
}

}  // namespace

TiledLoss tiled_info_nce_cuda(const TiledBatch& batch, const std::vector<int64_t>& pairs,
                              double document_weight) {
  const at::Device device = batch.queries.device();
  const c10::DeviceGuard guard(device);
  const auto similarity = std::make_shared<const SimilarityCuda>(batch, true, pairs);
  const int64_t num_rows = batch.queries.size(0), num_columns = batch.documents.size(0),
                num_blocks = (num_rows + kTargetsPerBlock - 1) / kTargetsPerBlock;
  const at::TensorOptions options = at::TensorOptions().device(device).dtype(at::kFloat),
                          double_options = options.dtype(at::kDouble);
  const auto none = [&](int64_t count) { return at::full({count}, kInfinity, options); };
  const auto count =
      std::count_if(pairs.begin(), pairs.end(), [](int64_t pair) { return pair >= 0; });
  SoftmaxShiftsCuda shifts{{}, {}, at::zeros({batch.positives.num_pairs()}, options)};
  const auto finish = [&](const at::Tensor& value) {
    if (!wants_gradient(batch, {})) return value;
    return with_backward(value, batch, {},
                         c10::make_intrusive<InfoNceBackwardCuda>(similarity, shifts));
  };
  if (count == 0) {
    shifts.rows = none(num_rows);
    shifts.columns = none(num_columns);
    return {finish(tiled_value(0, batch)), {}};
  }

  const SoftmaxSumsCuda sums = similarity->sums();
  const double row_share = (1 - document_weight) / static_cast<double>(count),
               column_share = document_weight / static_cast<double>(count);
  const bool has_offsets = similarity->log_q().defined() && similarity->corrects_positives(),
             is_joined = column_share > 0 && has_shared_targets(pairs, batch.positives);
  const at::Tensor target_shifts = at::empty({num_rows}, double_options),
                   totals = at::empty({num_blocks, 2}, double_options);
  shifts.rows = at::empty({num_rows}, options);
  if (!is_joined) shifts.columns = none(num_columns);
  const InfoNceTargets arguments{
      .num_rows = num_rows,
      .targets = similarity->places().const_data_ptr<int64_t>(),
      .columns = similarity->positive_columns(),
      .pair_logits = sums.pair_logits.const_data_ptr<double>(),
      .row_maxima = sums.row_maxima.const_data_ptr<double>(),
      .row_log_sums = sums.row_log_sums.const_data_ptr<double>(),
      .column_log_sums = sums.column_log_sums.const_data_ptr<double>(),
      .column_offsets = has_offsets ? similarity->log_q().const_data_ptr<float>() : nullptr,
      .row_share = row_share,
      .column_share = column_share,
      .row_shifts = shifts.rows.mutable_data_ptr<float>(),
      .target_shifts = target_shifts.mutable_data_ptr<double>(),
      .column_shifts = is_joined ? nullptr : shifts.columns.mutable_data_ptr<float>(),
      .pair_gradients = shifts.pairs.mutable_data_ptr<float>(),
      .totals = totals.mutable_data_ptr<double>()};
  check_cuda(cuda_kernels().info_nce_targets(&arguments, similarity->stream()), "info_nce_targets");
  if (is_joined) shifts.columns = joined_shifts(target_shifts, pairs, batch.positives);
  const at::Tensor sum = totals.sum(0);
  const auto share_of_targets = [count](double right) {
    return right / static_cast<double>(count);
  };
  return {finish(sum.select(0, 0).to(at::kFloat)),
          DeviceNumber(sum.select(0, 1), share_of_targets)};
}

}  // namespace twinset
