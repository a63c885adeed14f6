#include "framework/kernels/tiled_cuda.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/full.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/zeros.h>
#include <c10/core/DeviceGuard.h>
#include <c10/core/Stream.h>
#include <c10/core/impl/VirtualGuardImpl.h>

#include <algorithm>
#include <utility>

#include "framework/core/error.h"
#include "framework/kernels/cuda_library.h"

namespace twinset {
namespace {

constexpr int64_t kPanelBytes = 4096;  // a document: 2,048 rows in bfloat16, 1,024 in float32

template <class T>
at::Tensor copy_to_device(const std::vector<T>& values, at::ScalarType type, at::Device device) {
  auto* data = const_cast<T*>(values.data());  // from_blob takes no const pointer; `to` copies
  return at::from_blob(data, {static_cast<int64_t>(values.size())}, at::TensorOptions().dtype(type))
      .to(at::TensorOptions().device(device), false, true);
}

template <class T>
std::vector<T> to_host(const at::Tensor& tensor) {
  const at::Tensor host = tensor.cpu().contiguous();
  return {host.const_data_ptr<T>(), host.const_data_ptr<T>() + host.numel()};
}

// Rows that start at multiples of 16 bytes, filled up with zeros.
at::Tensor aligned_rows(const at::Tensor& tensor) {
  const at::Tensor rows = tensor.detach().contiguous();
  const int64_t unit = 16 / rows.element_size(), missing = (unit - rows.size(1) % unit) % unit;
  if (missing > 0) return at::constant_pad_nd(rows, {0, missing});
  return reinterpret_cast<uintptr_t>(rows.const_data_ptr()) % 16 == 0 ? rows : rows.clone();
}

// out = or += a b in float32.
void multiply(at::Tensor out, const at::Tensor& a, const at::Tensor& b, bool adds) {
  if (a.scalar_type() == at::kFloat) {
    if (adds) {
      at::addmm_out(out, out, a, b);
    } else {
      at::mm_out(out, a, b);
    }
  } else if (adds) {
    at::addmm_out(out, out, a, b, at::kFloat);
  } else {
    at::mm_out(out, a, b, at::kFloat);
  }
}

}  // namespace

at::Tensor to_device(const std::vector<float>& values, at::Device device) {
  return copy_to_device(values, at::kFloat, device);
}
at::Tensor to_device(const std::vector<int64_t>& values, at::Device device) {
  return copy_to_device(values, at::kLong, device);
}

SimilarityCuda::SimilarityCuda(const TiledBatch& batch, bool removes_positives)
    : depth_(batch.queries.size(1)),
      num_positives_(batch.positives.num_pairs()),
      corrects_positives_(batch.corrects_positives) {
  require_cuda();
  const at::Device device = batch.queries.device();
  const c10::DeviceGuard guard(device);
  x_ = aligned_rows(batch.queries);
  y_ = aligned_rows(batch.documents);
  TWINSET_CHECK(
      std::max(x_.size(0), y_.size(0)) < int64_t{1} << 30 && x_.size(1) < int64_t{1} << 28,
      "sizes of the GPU's kernels are 32 bits");
  if (batch.log_q.defined()) log_q_ = batch.log_q.detach().to(device, at::kFloat).contiguous();
  const auto pairs_on_device = [&](const SparsePairs& pairs, at::Tensor& offsets,
                                   at::Tensor& columns) -> DevicePairs {
    if (pairs.num_pairs() == 0) return {};
    offsets = to_device(pairs.row_offsets, device);
    columns = to_device(pairs.columns, device);
    return {offsets.const_data_ptr<int64_t>(), columns.const_data_ptr<int64_t>()};
  };
  arguments_.x = x_.const_data_ptr();
  arguments_.y = y_.const_data_ptr();
  arguments_.num_x = x_.size(0), arguments_.num_y = y_.size(0), arguments_.depth = x_.size(1);
  arguments_.is_bfloat16 = x_.scalar_type() == at::kBFloat16;
  arguments_.scale = batch.inverse_temperature.item<float>();
  if (log_q_.defined()) arguments_.y_offset = log_q_.const_data_ptr<float>();
  arguments_.excluded = pairs_on_device(batch.excluded, excluded_offsets_, excluded_columns_);
  arguments_.positives = pairs_on_device(batch.positives, positive_offsets_, positive_columns_);
  arguments_.removes_positives = removes_positives;
}

at::Tensor SimilarityCuda::empty(at::IntArrayRef sizes, at::ScalarType type) const {
  return at::empty(sizes, at::TensorOptions().device(x_.device()).dtype(type));
}

void* SimilarityCuda::stream() const {
  if (!x_.is_cuda()) return nullptr;  // a test with kernels that run on the host
  return c10::impl::VirtualGuardImpl(at::kCUDA).getStream(x_.device()).native_handle();
}

SoftmaxSumsCuda SimilarityCuda::sums() const {
  const c10::DeviceGuard guard(x_.device());
  SimilarityArguments arguments = arguments_;
  if (log_q_.defined() && !corrects_positives_)
    arguments.positive_offset = log_q_.const_data_ptr<float>();
  const int64_t num_x = arguments.num_x, num_y = arguments.num_y;
  const SimilarityGrid grid = sums_grid(num_x, num_y);
  const at::Tensor x_sums = empty({2, grid.y, num_x}, at::kFloat),
                   y_sums = empty({2, grid.x, num_y}, at::kFloat);
  const at::Tensor pair_logits = empty({num_positives_}, at::kFloat);
  float *const x = x_sums.mutable_data_ptr<float>(), *const y = y_sums.mutable_data_ptr<float>();
  const SimilaritySums out{x, x + grid.y * num_x, y, y + grid.x * num_y,
                           pair_logits.mutable_data_ptr<float>()};
  check_cuda(cuda_kernels().similarity_sums(&arguments, &out, stream()), "similarity_sums");
  const auto log_sums = [&](const float* maxima, const float* sums, int64_t num_shares,
                            int64_t num_lines) {
    const at::Tensor line_maxima = empty({num_lines}, at::kFloat),
                     line_log_sums = empty({num_lines}, at::kDouble);
    const SimilarityLogSums line{maxima,
                                 sums,
                                 num_shares,
                                 num_lines,
                                 line_maxima.mutable_data_ptr<float>(),
                                 line_log_sums.mutable_data_ptr<double>()};
    check_cuda(cuda_kernels().similarity_log_sums(&line, stream()), "similarity_log_sums");
    return std::pair(line_maxima, line_log_sums);
  };
  const auto [row_maxima, row_log_sums] = log_sums(out.x_maxima, out.x_sums, grid.y, num_x);
  const auto [column_maxima, column_log_sums] = log_sums(out.y_maxima, out.y_sums, grid.x, num_y);
  return {row_maxima, row_log_sums, log_q_.defined() ? column_log_sums + log_q_ : column_log_sums,
          pair_logits};
}

SimilarityCuda::Totals SimilarityCuda::sweep(SimilarityArguments a, SimilarityGradients g,
                                             bool wants_gradients, bool wants_documents,
                                             SweepGradients* gradients) const {
  const int64_t num_x = a.num_x, num_y = a.num_y, row_bytes = a.depth * x_.element_size();
  const int64_t rows = std::min(num_x, kPanelBytes / x_.element_size()),
                num_panels = (num_x + rows - 1) / rows;
  const SimilarityGrid grid = gradients_grid(rows, num_y);
  const at::Tensor totals =
      at::zeros({3, num_panels, grid.x * grid.y}, x_.options().dtype(at::kDouble));
  const auto totals_of = [&](int64_t kind, int64_t panel) {
    return totals.mutable_data_ptr<double>() + (kind * num_panels + panel) * grid.x * grid.y;
  };
  g.stride = (num_y + 7) / 8 * 8;
  at::Tensor panel;
  if (wants_gradients) {
    panel = empty({rows, g.stride}, x_.scalar_type());
    g.gradients = panel.mutable_data_ptr();
    gradients->queries = empty({num_x, a.depth}, at::kFloat);
    if (wants_documents) gradients->documents = empty({num_y, a.depth}, at::kFloat);
  }
  for (int64_t p = 0; p < num_panels; ++p) {
    const int64_t first = p * rows;
    SimilarityArguments of_panel = a;
    SimilarityGradients out = g;
    of_panel.x = static_cast<const char*>(a.x) + first * row_bytes;
    of_panel.num_x = std::min(rows, num_x - first);
    if (a.excluded.row_offsets) of_panel.excluded.row_offsets += first;
    if (a.positives.row_offsets) of_panel.positives.row_offsets += first;
    if (g.x_shift) out.x_shift += first;
    out.products = totals_of(0, p), out.losses = totals_of(1, p), out.sums = totals_of(2, p);
    check_cuda(cuda_kernels().similarity_gradients(&of_panel, &out, stream()),
               "similarity_gradients");
    if (!wants_gradients) continue;
    const at::Tensor g_RN = panel.narrow(0, 0, of_panel.num_x).narrow(1, 0, num_y);
    multiply(gradients->queries.narrow(0, first, of_panel.num_x), g_RN, y_, false);
    if (wants_documents)
      multiply(gradients->documents, g_RN.t(), x_.narrow(0, first, of_panel.num_x), p > 0);
  }
  if (wants_gradients && a.depth > depth_) {
    gradients->queries = gradients->queries.narrow(1, 0, depth_).contiguous();
    if (wants_documents)
      gradients->documents = gradients->documents.narrow(1, 0, depth_).contiguous();
  }
  const std::vector<double> sums = to_host<double>(totals.sum({1, 2}));
  return {sums[0], sums[1], sums[2]};
}

SweepGradients SimilarityCuda::softmax_gradients(const SoftmaxShiftsCuda& shifts, double factor,
                                                 bool wants_documents) const {
  const c10::DeviceGuard guard(x_.device());
  const at::Tensor columns = log_q_.defined() ? shifts.columns - log_q_ : shifts.columns;
  SweepGradients result;
  result.product = sweep(arguments_,
                         {.factor = static_cast<float>(factor),
                          .x_shift = shifts.rows.const_data_ptr<float>(),
                          .y_shift = columns.const_data_ptr<float>(),
                          .pairs = shifts.pairs.const_data_ptr<float>()},
                         true, wants_documents, &result)
                       .product;
  return result;
}

SigmoidSweepCuda SimilarityCuda::sigmoid(double bias, double factor, bool wants_gradients,
                                         bool wants_documents) const {
  const c10::DeviceGuard guard(x_.device());
  const at::TensorOptions options = x_.options().dtype(at::kFloat);
  const at::Tensor y_offset = at::full({arguments_.num_y}, -bias, options),
                   pairs = at::full({num_positives_}, -1.0, options);
  SimilarityArguments arguments = arguments_;
  arguments.y_offset = y_offset.const_data_ptr<float>();
  SigmoidSweepCuda result;
  const Totals totals = sweep(arguments,
                              {.is_sigmoid = true,
                               .factor = static_cast<float>(factor),
                               .pairs = pairs.const_data_ptr<float>()},
                              wants_gradients, wants_documents, &result.gradients);
  result.gradients.product = totals.product;
  result.losses = totals.losses;
  result.logit_gradients = totals.sums;
  return result;
}

SoftmaxSums softmax_sums_cuda(const TiledBatch& batch, bool removes_positives) {
  const SimilarityCuda similarity(batch, removes_positives);
  const SoftmaxSumsCuda found = similarity.sums();
  SoftmaxSums sums{.row_maxima = to_host<float>(found.row_maxima),
                   .row_log_sums = to_host<double>(found.row_log_sums),
                   .column_log_sums = to_host<double>(found.column_log_sums),
                   .pair_logits = to_host<float>(found.pair_logits)};
  const std::vector<float> zeros(static_cast<size_t>(batch.documents.size(0))),
      offsets = similarity.log_q().defined() ? to_host<float>(similarity.log_q()) : zeros;
  sums.row_offsets = batch.corrects_positives ? zeros : offsets;
  sums.column_offsets = batch.corrects_positives ? offsets : zeros;
  return sums;
}

SweepGradients softmax_gradients_cuda(const TiledBatch& batch, bool removes_positives,
                                      const SoftmaxShifts& shifts, double factor,
                                      bool wants_documents) {
  const SimilarityCuda similarity(batch, removes_positives);
  const at::Device device = batch.queries.device();
  return similarity.softmax_gradients(
      {to_device(shifts.rows, device), to_device(shifts.columns, device),
       to_device(shifts.pairs, device)},
      factor, wants_documents);
}

}  // namespace twinset
