#include "framework/losses/dcl.h"

#include <ATen/TensorOperators.h>

namespace twinset {
namespace {

class Dcl final : public SoftmaxLoss {
 public:
  explicit Dcl(const DclOptions& options)
      : SoftmaxLoss("dcl", options.temperature, options.document_weight), sigma_(options.sigma) {}

 private:
  // The weights of positives: a constant 1, or those of DCLW over all positive pairs.
  at::Tensor prepare(const at::Tensor& queries_BD, const Candidates& candidates) override {
    if (sigma_ == 0.0 || candidates.positives.num_pairs() == 0) return {};
    const PairIndices pairs = pair_indices(candidates.positives, queries_BD);
    const at::Tensor cosine_P = (queries_BD.index_select(0, pairs.row) *
                                 candidates.embeddings.index_select(0, pairs.column))
                                    .sum(1);
    return 2.0 - (cosine_P / sigma_).softmax(0) * static_cast<double>(pairs.size());
  }

  at::Tensor direction(const Lines& lines, const at::Tensor& weight_P) override {
    const at::Tensor pull_P =
        weight_P.defined() ? lines.positive_logits() * weight_P : lines.positive_logits();
    const at::Tensor has_negative_P = lines.of_pairs(lines.num_negatives()).gt(0);
    // Masked, so that the stand-in for an empty sum never meets a weight of 0.
    const at::Tensor terms_P = (lines.of_pairs(lines.log_sum_negatives()) - pull_P)
                                   .masked_fill(has_negative_P.logical_not(), 0.0);
    return lines.mean(terms_P, has_negative_P);
  }

  double sigma_;
};

}  // namespace

std::unique_ptr<Loss> make_dcl(const DclOptions& options) { return std::make_unique<Dcl>(options); }

}  // namespace twinset
