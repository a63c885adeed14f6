#include "framework/kernels/tiled_cuda.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/full.h>
#include <ATen/ops/tensor.h>
#include <c10/core/DeviceGuard.h>
#include <c10/core/Stream.h>
#include <c10/core/impl/VirtualGuardImpl.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "framework/kernels/cuda_kernels.h"
#include "framework/kernels/cuda_library.h"
#include "framework/kernels/similarity_tiles.h"
#include "framework/kernels/transposed_pairs.h"

namespace twinset {
namespace {

constexpr int64_t kGradientRows = 64;  // of a thread block

template <class T>
at::Tensor to_device(const std::vector<T>& values, at::ScalarType type, at::Device device) {
  auto* data = const_cast<T*>(values.data());  // from_blob takes no const pointer; `to` copies
  return at::from_blob(data, {static_cast<int64_t>(values.size())}, at::TensorOptions().dtype(type)).to(at::TensorOptions().device(device), false, true);
}

template <class T>
std::vector<T> to_host(const at::Tensor& tensor) {
  const at::Tensor host = tensor.cpu().contiguous();
  return {host.const_data_ptr<T>(), host.const_data_ptr<T>() + host.numel()};
}

// Pairs on the device; the tensors hold the memory.
struct PairsOnDevice {
  at::Tensor offsets, columns;
  PairsOnDevice(const SparsePairs& pairs, at::Device device)
      : offsets(to_device(pairs.row_offsets, at::kLong, device)), columns(to_device(pairs.columns, at::kLong, device)) {}
  DevicePairs view() const {
    if (columns.numel() == 0) return {};
    return {offsets.const_data_ptr<int64_t>(), columns.const_data_ptr<int64_t>()};
  }
};

// One direction of a batch: x are queries, or documents with everything exchanged.
class Side {
 public:
  Side(const TiledBatch& batch, bool is_transposed, bool removes_positives, const at::Tensor& y_offset)
      : x_((is_transposed ? batch.documents : batch.queries).detach().contiguous()),
        y_((is_transposed ? batch.queries : batch.documents).detach().contiguous()),
        y_offset_(y_offset),
        transposed_(is_transposed ? transpose(batch.positives) : TransposedPairs{}),
        positives_(is_transposed ? transposed_.pairs : batch.positives, x_.device()),
        excluded_(is_transposed ? transpose(batch.excluded).pairs : batch.excluded, x_.device()) {
    arguments_.x = x_.const_data_ptr();
    arguments_.y = y_.const_data_ptr();
    arguments_.num_x = x_.size(0), arguments_.num_y = y_.size(0), arguments_.depth = x_.size(1);
    arguments_.is_bfloat16 = x_.scalar_type() == at::kBFloat16;
    arguments_.scale = batch.inverse_temperature.item<float>();
    if (y_offset_.defined()) (is_transposed ? arguments_.x_offset : arguments_.y_offset) = y_offset_.const_data_ptr<float>();
    arguments_.excluded = excluded_.view();
    arguments_.positives = positives_.view();
    arguments_.removes_positives = removes_positives;
  }

  SimilarityArguments& arguments() { return arguments_; }
  const at::Tensor& x() const { return x_; }
  /// Numbers of positive pairs in this side's order.
  at::Tensor pair_values(const std::vector<float>& values) const {
    std::vector<float> ordered = values;
    for (size_t k = 0; k < transposed_.order.size(); ++k) ordered[k] = values[static_cast<size_t>(transposed_.order[k])];
    return to_device(ordered, at::kFloat, x_.device());
  }
  at::Tensor empty(at::IntArrayRef sizes, at::ScalarType type = at::kFloat) const {
    return at::empty(sizes, at::TensorOptions().device(x_.device()).dtype(type));
  }

 private:
  at::Tensor x_, y_, y_offset_;
  TransposedPairs transposed_;
  PairsOnDevice positives_, excluded_;
  SimilarityArguments arguments_;
};

void* stream_of(const at::Tensor& tensor) { return c10::impl::VirtualGuardImpl(at::kCUDA).getStream(tensor.device()).native_handle(); }

at::Tensor log_q_of(const TiledBatch& batch) {
  return batch.log_q.defined() ? batch.log_q.detach().to(batch.queries.device(), at::kFloat).contiguous() : at::Tensor();
}

// [blocks, lines] maxima and sums to their maximum and log-sum-exp a line; float64.
std::pair<at::Tensor, at::Tensor> combine(const at::Tensor& maxima, const at::Tensor& sums) {
  const at::Tensor top = std::get<0>(maxima.max(0)).to(at::kDouble);
  const at::Tensor finite = top.clamp_min(static_cast<double>(std::numeric_limits<float>::lowest()));
  return {top, (sums.to(at::kDouble) * (maxima.to(at::kDouble) - finite).exp()).sum(0).log() + finite};
}

SweepGradients run_gradients(const TiledBatch& batch, bool removes_positives, const at::Tensor& y_offset, SimilarityGradient g,
                             const SoftmaxShifts* shifts, const std::vector<float>& pairs, bool wants_documents, SigmoidSweepCuda* sigmoid) {
  const at::Device device = batch.queries.device();
  const c10::DeviceGuard guard(device);
  const at::Tensor row_shifts = shifts ? to_device(shifts->rows, at::kFloat, device) : at::Tensor();
  at::Tensor column_shifts = shifts ? to_device(shifts->columns, at::kFloat, device) : at::Tensor();
  if (shifts && y_offset.defined()) column_shifts = column_shifts - y_offset;
  SweepGradients result;
  for (const bool is_transposed : {false, true}) {
    if (is_transposed && !wants_documents) continue;
    Side side(batch, is_transposed, removes_positives, y_offset);
    const at::Tensor pair_values = side.pair_values(pairs), gradient = side.empty({side.x().size(0), side.x().size(1)});
    const int64_t blocks = (side.x().size(0) + kGradientRows - 1) / kGradientRows;
    const at::Tensor losses = side.empty({blocks}, at::kDouble), sums = side.empty({blocks}, at::kDouble);
    if (shifts) {
      g.x_shift = (is_transposed ? column_shifts : row_shifts).const_data_ptr<float>();
      g.y_shift = (is_transposed ? row_shifts : column_shifts).const_data_ptr<float>();
    }
    g.pairs = pair_values.const_data_ptr<float>();
    g.gradient = gradient.mutable_data_ptr<float>();
    const bool counts = sigmoid != nullptr && !is_transposed;
    g.losses = counts ? losses.mutable_data_ptr<double>() : nullptr;
    g.sums = counts ? sums.mutable_data_ptr<double>() : nullptr;
    check_cuda(cuda_kernels().similarity_gradient(&side.arguments(), &g, stream_of(side.x())), "similarity_gradient");
    (is_transposed ? result.documents : result.queries) = gradient;
    if (counts) {
      sigmoid->losses = losses.sum().item<double>();
      sigmoid->logit_gradients = sums.sum().item<double>();
    }
  }
  result.product = result.queries.to(at::kDouble).mul(batch.queries.detach()).sum().item<double>();
  return result;
}

}  // namespace

SoftmaxSums softmax_sums_cuda(const TiledBatch& batch, bool removes_positives) {
  require_cuda();
  const c10::DeviceGuard guard(batch.queries.device());
  const at::Tensor log_q = log_q_of(batch);
  Side side(batch, false, removes_positives, log_q);
  if (log_q.defined() && !batch.corrects_positives) side.arguments().positive_offset = log_q.const_data_ptr<float>();
  const int64_t num_x = side.arguments().num_x, num_y = side.arguments().num_y;
  const int64_t blocks_x = (num_x + kSimilarityBlock - 1) / kSimilarityBlock, blocks_y = (num_y + kSimilarityBlock - 1) / kSimilarityBlock;
  const at::Tensor x_maxima = side.empty({blocks_y, num_x}), x_sums = side.empty({blocks_y, num_x});
  const at::Tensor y_maxima = side.empty({blocks_x, num_y}), y_sums = side.empty({blocks_x, num_y});
  const at::Tensor pair_logits = side.empty({batch.positives.num_pairs()});
  const SimilaritySums out{x_maxima.mutable_data_ptr<float>(), x_sums.mutable_data_ptr<float>(), y_maxima.mutable_data_ptr<float>(),
                           y_sums.mutable_data_ptr<float>(), pair_logits.mutable_data_ptr<float>()};
  check_cuda(cuda_kernels().similarity_sums(&side.arguments(), &out, stream_of(side.x())), "similarity_sums");
  const auto [row_maxima, row_log_sums] = combine(x_maxima, x_sums);
  const auto [column_maxima, column_log_sums] = combine(y_maxima, y_sums);
  SoftmaxSums sums{.row_maxima = to_host<float>(row_maxima.to(at::kFloat)),
                   .row_log_sums = to_host<double>(row_log_sums),
                   .column_log_sums = to_host<double>(log_q.defined() ? column_log_sums + log_q : column_log_sums),
                   .pair_logits = to_host<float>(pair_logits)};
  const std::vector<float> zeros(static_cast<size_t>(num_y)), offsets = log_q.defined() ? to_host<float>(log_q) : zeros;
  sums.row_offsets = batch.corrects_positives ? zeros : offsets;
  sums.column_offsets = batch.corrects_positives ? offsets : zeros;
  return sums;
}

SweepGradients softmax_gradients_cuda(const TiledBatch& batch, bool removes_positives, const SoftmaxShifts& shifts, double factor, bool wants_documents) {
  require_cuda();
  return run_gradients(batch, removes_positives, log_q_of(batch), {.factor = static_cast<float>(factor)}, &shifts, shifts.pairs, wants_documents, nullptr);
}

SigmoidSweepCuda sigmoid_sweep_cuda(const TiledBatch& batch, double bias, double factor, bool wants_documents) {
  require_cuda();
  const at::Tensor y_offset = at::full({batch.documents.size(0)}, -bias, at::TensorOptions().device(batch.queries.device()).dtype(at::kFloat));
  SigmoidSweepCuda result;
  result.gradients = run_gradients(batch, false, y_offset, {.is_sigmoid = true, .factor = static_cast<float>(factor)}, nullptr,
                                   std::vector<float>(batch.positives.columns.size(), -1.0f), wants_documents, &result);
  return result;
}

}  // namespace twinset
