// InfoNCE's arithmetic on vectors of length B and N where the GPU is: on the host it would take as
// long as the products.
#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>
#include <c10/core/DeviceGuard.h>

#include <limits>
#include <memory>
#include <utility>

#include "framework/kernels/cuda_library.h"
#include "framework/kernels/info_nce_targets.h"
#include "framework/kernels/tiled_cuda.h"
#include "framework/kernels/tiled_gradient.h"

namespace twinset {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

class InfoNceBackwardCuda final : public TiledBackward {
 public:
  InfoNceBackwardCuda(std::shared_ptr<const SimilarityCuda> similarity, SoftmaxShiftsCuda shifts)
      : similarity_(std::move(similarity)), shifts_(std::move(shifts)) {}

  TiledGradients gradients(double upstream, bool wants_documents) override {
    const double scale = similarity_->scale();
    const SweepGradients found =
        similarity_->softmax_gradients(shifts_, scale * upstream, wants_documents);
    return {.queries = found.queries,
            .documents = found.documents,
            .inverse_temperature = found.product / scale};
  }

 private:
  std::shared_ptr<const SimilarityCuda> similarity_;
  SoftmaxShiftsCuda shifts_;
};

bool has_repeats(const std::vector<InfoNceTarget>& targets, int64_t num_columns) {
  std::vector<bool> is_taken(static_cast<size_t>(num_columns));
  for (const InfoNceTarget& target : targets) {
    if (is_taken[target.column]) return true;
    is_taken[target.column] = true;
  }
  return false;
}

// -log of the sum of exp(-shifts) a column.
at::Tensor shifts_of_columns(const at::Tensor& shifts, const at::Tensor& columns,
                             int64_t num_columns, bool repeats) {
  const at::Tensor none = at::full({num_columns}, kInfinity, shifts.options());
  if (!repeats) return none.index_copy_(0, columns, shifts);
  const at::Tensor least = none.scatter_reduce(0, columns, shifts, "amin");
  const at::Tensor sums =
      at::zeros({num_columns}, shifts.options())
          .index_put({columns}, (least.index_select(0, columns) - shifts).exp(), true);
  return least - sums.log();
}

}  // namespace

TiledLoss tiled_info_nce_cuda(const TiledBatch& batch, const std::vector<InfoNceTarget>& targets,
                              double document_weight) {
  const auto similarity = std::make_shared<const SimilarityCuda>(batch, true);
  const at::Device device = batch.queries.device();
  const c10::DeviceGuard guard(device);
  const int64_t num_rows = batch.queries.size(0), num_columns = batch.documents.size(0),
                count = static_cast<int64_t>(targets.size());
  const at::TensorOptions options = at::TensorOptions().device(device).dtype(at::kFloat);
  SoftmaxShiftsCuda shifts{at::full({num_rows}, kInfinity, options),
                           {},
                           at::zeros({batch.positives.num_pairs()}, options)};
  const auto finish = [&](double value) {
    if (!wants_gradient(batch, {})) return tiled_value(value, batch);
    return with_backward(value, batch, {},
                         c10::make_intrusive<InfoNceBackwardCuda>(similarity, shifts));
  };
  if (count == 0) {
    shifts.columns = at::full({num_columns}, kInfinity, options);
    return {finish(0.0), {}};
  }

  const SoftmaxSumsCuda sums = similarity->sums();
  std::vector<int64_t> places(static_cast<size_t>(3 * count));
  for (size_t k = 0; k < targets.size(); ++k) {
    places[k] = static_cast<int64_t>(targets[k].row);
    places[targets.size() + k] = static_cast<int64_t>(targets[k].column);
    places[2 * targets.size() + k] = static_cast<int64_t>(targets[k].pair);
  }
  const at::Tensor on_device = to_device(places, device),
                   column_shifts = at::empty({count}, options.dtype(at::kDouble));
  const at::Tensor totals =
      at::empty({(count + kTargetsPerBlock - 1) / kTargetsPerBlock, 2}, options.dtype(at::kDouble));
  const int64_t* place = on_device.const_data_ptr<int64_t>();
  const double row_share = (1 - document_weight) / static_cast<double>(count),
               column_share = document_weight / static_cast<double>(count);
  const bool has_offsets = similarity->log_q().defined() && similarity->corrects_positives();
  const InfoNceTargets arguments{
      .count = count,
      .rows = place,
      .columns = place + count,
      .pairs = place + 2 * count,
      .pair_logits = sums.pair_logits.const_data_ptr<float>(),
      .row_maxima = sums.row_maxima.const_data_ptr<float>(),
      .row_log_sums = sums.row_log_sums.const_data_ptr<double>(),
      .column_log_sums = sums.column_log_sums.const_data_ptr<double>(),
      .column_offsets = has_offsets ? similarity->log_q().const_data_ptr<float>() : nullptr,
      .row_share = row_share,
      .column_share = column_share,
      .row_shifts = shifts.rows.mutable_data_ptr<float>(),
      .column_shifts = column_shifts.mutable_data_ptr<double>(),
      .pair_gradients = shifts.pairs.mutable_data_ptr<float>(),
      .totals = totals.mutable_data_ptr<double>()};
  check_cuda(cuda_kernels().info_nce_targets(&arguments, similarity->stream()), "info_nce_targets");
  if (column_share > 0) {
    shifts.columns = shifts_of_columns(column_shifts, on_device.narrow(0, count, count),
                                       num_columns, has_repeats(targets, num_columns))
                         .to(at::kFloat);
  } else {
    shifts.columns = at::full({num_columns}, kInfinity, options);
  }
  double value = 0, num_right = 0;
  const at::Tensor on_host = totals.cpu();
  for (int64_t k = 0; k < on_host.numel(); k += 2) {
    value += on_host.const_data_ptr<double>()[k];
    num_right += on_host.const_data_ptr<double>()[k + 1];
  }
  return {finish(value), num_right / static_cast<double>(count)};
}

}  // namespace twinset
