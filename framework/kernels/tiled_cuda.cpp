#include "framework/kernels/tiled_cuda.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/zeros.h>
#include <c10/core/DeviceGuard.h>
#include <c10/core/Stream.h>
#include <c10/core/impl/VirtualGuardImpl.h>

#include <algorithm>
#include <tuple>

#include "framework/core/error.h"
#include "framework/kernels/cuda_library.h"
#include "framework/kernels/upload.h"

namespace twinset {
namespace {

constexpr int64_t kPanelRows = 2048, kPanelRowsOfParts = 1024;

template <class T>
std::vector<T> to_host(const at::Tensor& tensor) {
  const at::Tensor host = tensor.cpu().contiguous();
  return {host.const_data_ptr<T>(), host.const_data_ptr<T>() + host.numel()};
}

// A scalar as the kernels read it.
at::Tensor scalar_on(const at::Tensor& scalar, at::Device device) {
  return scalar.detach().to(device, at::kFloat);
}

// Rows of whole 16 bytes, in bfloat16 too, filled up with zeros.
at::Tensor aligned_rows(const at::Tensor& tensor) {
  const at::Tensor rows = tensor.detach().contiguous();
  const int64_t missing = (8 - rows.size(1) % 8) % 8;
  if (missing > 0) return at::constant_pad_nd(rows, {0, missing});
  return reinterpret_cast<uintptr_t>(rows.const_data_ptr()) % 16 == 0 ? rows : rows.clone();
}

// bfloat16 tensors that add up to a float32 one, each rounding what those before it left.
std::vector<at::Tensor> parts_of(const at::Tensor& tensor) {
  if (tensor.scalar_type() == at::kBFloat16) return {tensor};
  std::vector<at::Tensor> parts{tensor.to(at::kBFloat16)};
  at::Tensor rest = tensor;
  while (parts.size() < 3) {
    rest = rest.sub(parts.back());
    parts.push_back(rest.to(at::kBFloat16));
  }
  return parts;
}

// out = or += a b; bfloat16 into float32.
void multiply(at::Tensor out, const at::Tensor& a, const at::Tensor& b, bool adds) {
  if (!out.is_cuda()) {  // a test with kernels that run on the host
    const at::Tensor product = a.to(at::kFloat).mm(b.to(at::kFloat));
    if (adds) {
      out.add_(product);
    } else {
      out.copy_(product);
    }
  } else if (adds) {
    at::addmm_out(out, out, a, b, at::kFloat);
  } else {
    at::mm_out(out, a, b, at::kFloat);
  }
}

// out = or += a b for sums of parts, to float32's precision: products of parts whose rounding
// leaves less than that are not worth a multiplication. The smallest first.
void multiply_parts(const at::Tensor& out, const std::vector<at::Tensor>& a,
                    const std::vector<at::Tensor>& b, bool adds) {
  for (size_t order = a.size(); order-- > 0;) {
    for (size_t i = 0; i <= order; ++i) {
      multiply(out, a[i], b[order - i], adds);
      adds = true;
    }
  }
}

}  // namespace

SimilarityCuda::SimilarityCuda(const TiledBatch& batch, bool removes_positives,
                               std::span<const int64_t> places)
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
  TWINSET_CHECK(std::max(x_.nbytes(), y_.nbytes()) < size_t{1} << 35,
                "places in the GPU's kernels are 31 bits, of 16 bytes");
  TWINSET_CHECK(
      std::max(batch.positives.num_pairs(), batch.excluded.num_pairs()) < int64_t{1} << 31,
      "numbers of pairs are 32 bits");
  if (batch.log_q.defined()) log_q_ = batch.log_q.detach().to(device, at::kFloat).contiguous();
  arguments_.x = x_.const_data_ptr();
  arguments_.y = y_.const_data_ptr();
  arguments_.num_x = x_.size(0), arguments_.num_y = y_.size(0), arguments_.depth = x_.size(1);
  arguments_.is_bfloat16 = x_.scalar_type() == at::kBFloat16;
  scale_ = scalar_on(batch.inverse_temperature, device);
  arguments_.scale = scale_.const_data_ptr<float>();
  if (log_q_.defined()) arguments_.y_offset = log_q_.const_data_ptr<float>();
  const SparsePairs &excluded = batch.excluded, &positives = batch.positives;
  const auto lists = upload(
      {excluded.row_offsets, excluded.columns, positives.row_offsets, positives.columns, places},
      device);
  pairs_ = lists[0];  // a part of what holds them all
  places_ = lists[4];
  const auto pairs_at = [&](size_t list, const SparsePairs& pairs) -> DevicePairs {
    if (pairs.num_pairs() == 0) return {};
    return {lists[list].const_data_ptr<int64_t>(), lists[list + 1].const_data_ptr<int64_t>()};
  };
  arguments_.excluded = pairs_at(0, excluded);
  arguments_.positives = pairs_at(2, positives);
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
  const SimilarityGrid grid = sums_grid(num_x, num_y, arguments.is_bfloat16);
  const at::Tensor x_sums = empty({2, grid.y, num_x}, at::kFloat),
                   y_sums = empty({2, grid.x, num_y}, at::kFloat);
  const at::Tensor pair_logits = empty({num_positives_}, at::kDouble);
  float *const x = x_sums.mutable_data_ptr<float>(), *const y = y_sums.mutable_data_ptr<float>();
  const SimilaritySums out{x, x + grid.y * num_x, y, y + grid.x * num_y,
                           pair_logits.mutable_data_ptr<double>()};
  check_cuda(cuda_kernels().similarity_sums(&arguments, &out, stream()), "similarity_sums");
  const auto lines = [&](const float* maxima, const float* sums, int64_t num_shares,
                         int64_t num_lines) {
    const at::Tensor line_maxima = empty({num_lines}, at::kDouble),
                     log_sums = empty({num_lines}, at::kDouble);
    return std::tuple(line_maxima, log_sums,
                      SimilarityLogSums{maxima, sums, num_shares, num_lines,
                                        line_maxima.mutable_data_ptr<double>(),
                                        log_sums.mutable_data_ptr<double>()});
  };
  const auto [row_maxima, row_log_sums, rows] = lines(out.x_maxima, out.x_sums, grid.y, num_x);
  const auto [column_maxima, column_log_sums, columns] =
      lines(out.y_maxima, out.y_sums, grid.x, num_y);
  check_cuda(cuda_kernels().similarity_log_sums(&rows, &columns, stream()), "similarity_log_sums");
  return {row_maxima, row_log_sums, log_q_.defined() ? column_log_sums + log_q_ : column_log_sums,
          pair_logits};
}

PairSweepCuda SimilarityCuda::sweep(SimilarityArguments a, SimilarityGradients g,
                                    bool wants_gradients, bool wants_documents) const {
  const int64_t num_x = a.num_x, num_y = a.num_y, row_bytes = a.depth * x_.element_size(),
                num_parts = gradient_parts(a.is_bfloat16);
  const int64_t rows = std::min(num_x, num_parts == 1 ? kPanelRows : kPanelRowsOfParts),
                num_panels = (num_x + rows - 1) / rows;
  const SimilarityGrid grid = gradients_grid(rows, num_y, a.is_bfloat16);
  const at::Tensor totals =
      at::zeros({3, num_panels, grid.x * grid.y}, x_.options().dtype(at::kDouble));
  const auto totals_of = [&](int64_t kind, int64_t panel) {
    return totals.mutable_data_ptr<double>() + (kind * num_panels + panel) * grid.x * grid.y;
  };
  g.stride = (num_y + 7) / 8 * 8;
  g.part_stride = rows * g.stride;
  PairSweepCuda result;
  SweepGradientsCuda& gradients = result.gradients;
  std::vector<at::Tensor> panels, y_parts;
  if (wants_gradients) {
    y_parts = parts_of(y_);  // first: what it leaves free holds the gradients
    gradients.queries = empty({num_x, a.depth}, at::kFloat);
    if (wants_documents) gradients.documents = empty({num_y, a.depth}, at::kFloat);
    const at::Tensor panel = empty({num_parts, rows, g.stride}, at::kBFloat16);
    g.gradients = panel.mutable_data_ptr();
    for (int64_t part = 0; part < num_parts; ++part) panels.push_back(panel.select(0, part));
  }
  for (int64_t p = 0; p < num_panels; ++p) {
    const int64_t first = p * rows;
    SimilarityArguments of_panel = a;
    SimilarityGradients out = g;
    of_panel.x = static_cast<const char*>(a.x) + first * row_bytes;
    const int64_t count = of_panel.num_x = std::min(rows, num_x - first);
    if (a.excluded.row_offsets) of_panel.excluded.row_offsets += first;
    if (a.positives.row_offsets) of_panel.positives.row_offsets += first;
    if (g.x_shift) out.x_shift += first;
    out.products = totals_of(0, p), out.losses = totals_of(1, p), out.sums = totals_of(2, p);
    check_cuda(cuda_kernels().similarity_gradients(&of_panel, &out, stream()),
               "similarity_gradients");
    if (!wants_gradients) continue;
    std::vector<at::Tensor> g_RN, g_NR;
    for (const at::Tensor& panel : panels) {
      g_RN.push_back(panel.narrow(0, 0, count).narrow(1, 0, num_y));
      g_NR.push_back(g_RN.back().t());
    }
    multiply_parts(gradients.queries.narrow(0, first, count), g_RN, y_parts, false);
    if (wants_documents)
      multiply_parts(gradients.documents, g_NR, parts_of(x_.narrow(0, first, count)), p > 0);
  }
  for (at::Tensor* tensor : {&gradients.queries, &gradients.documents}) {
    if (tensor->defined() && a.depth > depth_) *tensor = tensor->narrow(1, 0, depth_).contiguous();
  }
  const at::Tensor sums = totals.sum({1, 2});
  gradients.product = sums.select(0, 0);
  result.losses = sums.select(0, 1);
  result.logit_gradients = sums.select(0, 2);
  return result;
}

SweepGradientsCuda SimilarityCuda::softmax_gradients(const SoftmaxShiftsCuda& shifts,
                                                     const at::Tensor& upstream,
                                                     bool wants_documents) const {
  const c10::DeviceGuard guard(x_.device());
  const at::Tensor columns = log_q_.defined() ? shifts.columns - log_q_ : shifts.columns,
                   factor = scalar_on(upstream, x_.device());
  return sweep(arguments_,
               {.upstream = factor.const_data_ptr<float>(),
                .x_shift = shifts.rows.const_data_ptr<float>(),
                .y_shift = columns.const_data_ptr<float>(),
                .pairs = shifts.pairs.const_data_ptr<float>()},
               true, wants_documents)
      .gradients;
}

PairSweepCuda SimilarityCuda::sigmoid(const at::Tensor& bias, double factor, bool wants_gradients,
                                      bool wants_documents) const {
  const c10::DeviceGuard guard(x_.device());
  const at::Tensor bias_here = scalar_on(bias, x_.device());
  SimilarityArguments arguments = arguments_;
  arguments.bias = bias_here.const_data_ptr<float>();
  arguments.y_offset = nullptr;  // log Q belongs to a softmax
  return sweep(arguments, {.is_sigmoid = true, .factor = static_cast<float>(factor)},
               wants_gradients, wants_documents);
}

SoftmaxSums softmax_sums_cuda(const TiledBatch& batch, bool removes_positives) {
  const SimilarityCuda similarity(batch, removes_positives);
  const SoftmaxSumsCuda found = similarity.sums();
  SoftmaxSums sums{.row_maxima = to_host<double>(found.row_maxima),
                   .row_log_sums = to_host<double>(found.row_log_sums),
                   .column_log_sums = to_host<double>(found.column_log_sums),
                   .pair_logits = to_host<double>(found.pair_logits)};
  const std::vector<float> zeros(static_cast<size_t>(batch.documents.size(0))),
      offsets = similarity.log_q().defined() ? to_host<float>(similarity.log_q()) : zeros;
  sums.row_offsets = batch.corrects_positives ? zeros : offsets;
  sums.column_offsets = batch.corrects_positives ? offsets : zeros;
  return sums;
}

SweepGradientsCuda softmax_gradients_cuda(const TiledBatch& batch, bool removes_positives,
                                          const SoftmaxShifts& shifts, const at::Tensor& upstream,
                                          bool wants_documents) {
  const at::Device device = batch.queries.device();
  return SimilarityCuda(batch, removes_positives)
      .softmax_gradients({upload(shifts.rows, device), upload(shifts.columns, device),
                          upload(shifts.pairs, device)},
                         upstream, wants_documents);
}

}  // namespace twinset
