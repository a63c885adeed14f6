// The GPU path of the tiled losses on the CPU: its kernels run on the host (cuda_on_host.h) on CPU
// tensors, against the CPU's own path.
#include "tests/framework/kernels/cuda_on_host.h"
//
#include <ATen/TensorOperators.h>
#include <ATen/ops/scalar_tensor.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "framework/kernels/cuda_library.h"
#include "framework/kernels/info_nce_targets.cuh"
#include "framework/kernels/similarity_gradients.cuh"
#include "framework/kernels/similarity_hopper.cuh"
#include "framework/kernels/similarity_log_sums.cuh"
#include "framework/kernels/similarity_products.cuh"
#include "framework/kernels/tiled_cuda.h"
#include "framework/kernels/tiled_sigmoid.h"
#include "framework/kernels/tiled_softmax.h"
#include "tests/testing/random_candidates.h"

namespace twinset {
namespace {

template <class F>
int run_blocks(int64_t blocks_x, int64_t blocks_y, const F& kernel) {
  run_grid(blocks_x, blocks_y, similarity::kThreads, false, kernel);
  return 0;
}

// With the kind of instructions that a Hopper GPU would take.
template <class F>
void with_kind(const SimilarityArguments& a, const F& f) {
  if (a.is_bfloat16) return f(similarity::HopperBfloat16{});
  f(similarity::Float32{});
}

int run_sums(const SimilarityArguments* a, const SimilaritySums* out, void*) {
  const SimilarityGrid grid = sums_grid(a->num_x, a->num_y, a->is_bfloat16);
  with_kind(*a, [&](auto kind) {
    using Kind = decltype(kind);
    run_blocks(grid.x, grid.y, [&] {
      similarity::sums_kernel<Kind>(*a, *out, similarity::Shape<Kind>::kManyStages);
    });
  });
  return 0;
}
int run_gradients(const SimilarityArguments* a, const SimilarityGradients* g, void*) {
  const SimilarityGrid grid = gradients_grid(a->num_x, a->num_y, a->is_bfloat16);
  with_kind(*a, [&](auto kind) {
    using Kind = decltype(kind);
    constexpr int kStages = similarity::Shape<Kind>::kManyStages;
    run_blocks(grid.x, grid.y, [&] {
      if (g->is_sigmoid) return similarity::gradients_kernel<Kind, true>(*a, *g, kStages);
      similarity::gradients_kernel<Kind, false>(*a, *g, kStages);
    });
  });
  return 0;
}
int run_log_sums(const SimilarityLogSums* rows, const SimilarityLogSums* columns, void*) {
  const int64_t most = std::max(rows->num_lines, columns->num_lines);
  return run_blocks((most + similarity::kThreads - 1) / similarity::kThreads, 2,
                    [&] { similarity::log_sums_kernel(*rows, *columns); });
}
int run_targets(const InfoNceTargets* a, void*) {
  return run_blocks((a->num_rows + kTargetsPerBlock - 1) / kTargetsPerBlock, 1,
                    [&] { similarity::info_nce_targets_kernel(*a); });
}

}  // namespace

// Instead of cuda_library.cpp's.
bool load_cuda() { return true; }
void require_cuda() {}
const CudaKernels& cuda_kernels() {
  static const CudaKernels kernels{.similarity_sums = run_sums,
                                   .similarity_gradients = run_gradients,
                                   .similarity_log_sums = run_log_sums,
                                   .info_nce_targets = run_targets};
  return kernels;
}
void check_cuda(int, const char*) {}

namespace {

using testing::random_candidates;
using testing::unit_rows;

struct Case {
  int64_t rows, columns, depth;
  double positive_share, excluded_share;
  bool has_log_q = false, corrects_positives = true, is_bfloat16 = false;
};

// The second and the last have more than one panel of rows, and targets that rows share.
const Case kCases[] = {{40, 50, 7, 0.05, 0.1},
                       {1100, 20, 8, 0.1, 0.05},
                       {61, 130, 24, 0.1, 0.1, true, true},
                       {61, 130, 24, 0.1, 0.1, true, false},
                       {130, 301, 40, 0.05, 0.05},
                       {1, 5, 6, 0.5, 0.2},
                       {5, 7, 4, 0.0, 0.3},
                       {61, 130, 24, 0.1, 0.1, true, true, true},
                       {2100, 20, 8, 0.1, 0.05, false, true, true}};

Candidates candidates_of(const Case& c) {
  return random_candidates(c.rows, c.columns, c.depth, c.positive_share, c.excluded_share, 3);
}

TiledBatch batch_of(const Case& c) {
  const Candidates candidates = candidates_of(c);
  const at::ScalarType type = c.is_bfloat16 ? at::kBFloat16 : at::kFloat;
  TiledBatch batch{.queries = unit_rows(c.rows, c.depth, 4).to(type),
                   .documents = candidates.embeddings.to(type),
                   .inverse_temperature = at::scalar_tensor(14.0, at::kFloat),
                   .positives = candidates.positives,
                   .excluded = candidates.excluded,
                   .corrects_positives = c.corrects_positives};
  if (c.has_log_q)
    batch.log_q = unit_rows(1, c.columns, 5).squeeze(0).mul(5.0).sub(3.0).to(at::kFloat);
  for (at::Tensor* leaf : {&batch.queries, &batch.documents, &batch.inverse_temperature})
    leaf->set_requires_grad(true);
  return batch;
}

void expect_close(const at::Tensor& actual, const at::Tensor& wanted, double least = 1e-3) {
  // A bfloat16 gradient is one of coefficients that are rounded, too.
  const double tolerance = wanted.scalar_type() == at::kBFloat16 ? 1.0 / 100 : 2e-5;
  EXPECT_LE((actual.to(at::kDouble) - wanted.to(at::kDouble)).abs().max().item<double>(),
            tolerance * std::max(least, wanted.abs().max().item<double>()));
}

std::vector<int64_t> pairs_of(const TiledBatch& batch, const std::vector<int64_t>& targets) {
  std::vector<int64_t> pairs(targets.size(), -1);
  for (size_t i = 0; i < targets.size(); ++i) {
    if (targets[i] < 0) continue;
    const auto row = batch.positives.row(static_cast<int64_t>(i));
    const auto place = std::lower_bound(row.begin(), row.end(), targets[i]) - row.begin();
    pairs[i] = batch.positives.row_offsets[i] + place;
  }
  return pairs;
}

TEST(TiledCudaOnHost, InfoNceIsTheCpus) {
  for (const Case& c : kCases) {
    for (const double weight : {0.0, 0.3, 1.0}) {
      SCOPED_TRACE(std::to_string(c.rows) + " x " + std::to_string(c.columns) + ", " +
                   std::to_string(weight));
      const std::vector<int64_t> targets = candidates_of(c).targets;
      const TiledBatch ours = batch_of(c), cpus = batch_of(c);
      const TiledLoss actual = tiled_info_nce_cuda(ours, pairs_of(ours, targets), weight),
                      wanted = tiled_info_nce(cpus, targets, weight);
      EXPECT_NEAR(actual.value.item<double>(), wanted.value.item<double>(),
                  2e-6 * std::max(1.0, wanted.value.item<double>()));
      ASSERT_EQ(actual.accuracy.has_value(), wanted.accuracy.has_value());
      if (wanted.accuracy) {
        EXPECT_EQ(double(*actual.accuracy), double(*wanted.accuracy));
      }
      actual.value.mul(3.0).backward();
      wanted.value.mul(3.0).backward();
      expect_close(ours.queries.grad(), cpus.queries.grad());
      expect_close(ours.documents.grad(), cpus.documents.grad());
      expect_close(ours.inverse_temperature.grad(), cpus.inverse_temperature.grad());
    }
  }
}

TEST(TiledCudaOnHost, SoftmaxOverPositivesIsTheCpus) {
  for (const Case& c : kCases) {
    SCOPED_TRACE(std::to_string(c.rows) + " x " + std::to_string(c.columns));
    const TiledBatch batch = batch_of(c);
    const SoftmaxSums actual = softmax_sums_cuda(batch, false);
    SimilaritySweep sweep(batch.queries.detach(), batch.documents.detach());
    SoftmaxSumsEpilogue epilogue(batch, false, true, true, sweep);
    sweep.run(epilogue);
    const SoftmaxSums wanted = epilogue.sums();
    const auto expect_lines = [](const auto& a, const auto& b) {
      ASSERT_EQ(a.size(), b.size());
      for (size_t i = 0; i < a.size(); ++i) {
        if (std::isinf(b[i])) {
          EXPECT_EQ(a[i], b[i]) << i;
        } else {
          EXPECT_NEAR(a[i], b[i], 2e-5) << i;
        }
      }
    };
    expect_lines(actual.row_maxima, wanted.row_maxima);
    expect_lines(actual.row_log_sums, wanted.row_log_sums);
    expect_lines(actual.column_log_sums, wanted.column_log_sums);
    expect_lines(actual.pair_logits, wanted.pair_logits);
    EXPECT_EQ(actual.row_offsets, wanted.row_offsets);
    EXPECT_EQ(actual.column_offsets, wanted.column_offsets);
  }
}

TEST(TiledCudaOnHost, SigmoidIsTheCpus) {
  for (const Case& c : kCases) {
    SCOPED_TRACE(std::to_string(c.rows) + " x " + std::to_string(c.columns));
    const TiledBatch batch = batch_of(c);
    const at::Tensor bias = at::scalar_tensor(-2.0, at::kFloat).set_requires_grad(true);
    const TiledLoss wanted = tiled_sigmoid(batch, bias);
    wanted.value.backward();
    const auto num_rows = static_cast<double>(c.rows);
    const PairSweepCuda actual =
        SimilarityCuda(batch, false).sigmoid(bias, 1 / num_rows, true, true);
    EXPECT_NEAR(actual.losses.item<double>() / num_rows, wanted.value.item<double>(),
                2e-6 * std::max(1.0, wanted.value.item<double>()));
    expect_close(actual.gradients.queries, batch.queries.grad());
    expect_close(actual.gradients.documents, batch.documents.grad());
    expect_close(actual.gradients.product, batch.inverse_temperature.grad(), 1.0);
    expect_close(actual.logit_gradients / num_rows, bias.grad(), 1.0);
    const PairSweepCuda value_only =
        SimilarityCuda(batch, false).sigmoid(bias, 1 / num_rows, false, false);
    EXPECT_EQ(value_only.losses.item<double>(), actual.losses.item<double>());
    EXPECT_FALSE(value_only.gradients.queries.defined());
  }
}

}  // namespace
}  // namespace twinset
