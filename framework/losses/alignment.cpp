#include "framework/losses/alignment.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/pow.h>

#include "framework/losses/dense_pairs.h"
#include "framework/losses/labelled_logits.h"

namespace twinset {
namespace {

class Alignment final : public Loss {
 public:
  explicit Alignment(const AlignmentOptions& options) : exponent_(options.exponent) {}

  LossResult forward(const at::Tensor& queries_BD, const Candidates& candidates) override {
    check_shapes(queries_BD, candidates, "alignment");
    const PairIndices pairs = pair_indices(candidates.positives, queries_BD);
    const at::Tensor difference_PD =
        queries_BD.index_select(0, pairs.row) - candidates.embeddings.index_select(0, pairs.column);
    // The square has a gradient at 0 that the norm lacks.
    const at::Tensor distance_P =
        exponent_ == 2.0 ? difference_PD.square().sum(1)
                         : at::pow(at::linalg_vector_norm(difference_PD, 2, {1}), exponent_);
    const at::Tensor weight_P = positive_weights(candidates, queries_BD);
    LossResult result{(distance_P * weight_P).sum() / weight_P.sum().clamp_min(1e-30), {}};
    const at::NoGradGuard no_grad;
    result.statistics.emplace_back(
        "modality_gap",
        at::linalg_vector_norm(queries_BD.mean(0) - candidates.embeddings.mean(0)).item<double>());
    return result;
  }

  void to_device(const std::string&) override {}

 private:
  double exponent_;
};

}  // namespace

std::unique_ptr<Loss> make_alignment(const AlignmentOptions& options) {
  return std::make_unique<Alignment>(options);
}

}  // namespace twinset
