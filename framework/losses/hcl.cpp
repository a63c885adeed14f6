#include "framework/losses/hcl.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/maximum.h>

namespace twinset {
namespace {

class Hcl final : public SoftmaxLoss {
 public:
  explicit Hcl(const HclOptions& options)
      : SoftmaxLoss("hcl", options.temperature, options.document_weight),
        beta_(options.hardness),
        prior_(options.positive_prior) {}

 private:
  at::Tensor direction(const Lines& lines, const at::Tensor&) override {
    const LabelledLogits& labelled = lines.labelled();
    const at::Tensor& positive_P = lines.positive_logits();
    const at::Tensor num_negatives_L = lines.num_negatives();
    const at::Tensor has_negative_P = lines.of_pairs(num_negatives_L).gt(0);
    const at::Tensor count_L = num_negatives_L.clamp_min(1.0);

    // Masked after the factor: a masked logit times a hardness of 0 would count.
    at::Tensor hard_L = lines.log_sum_negatives();
    if (beta_ > 0.0) {
      hard_L =
          labelled.mask_non_negatives(labelled.logits() * (1.0 + beta_)).logsumexp({lines.axis()}) -
          labelled.mask_non_negatives(labelled.logits() * beta_).logsumexp({lines.axis()}) +
          count_L.log();
    }
    const at::Tensor hard_P = lines.of_pairs(hard_L).masked_fill(has_negative_P.logical_not(), 0.0);
    const at::Tensor count_P = lines.of_pairs(count_L);
    const at::Tensor floor_P = count_P.log() - inverse().to(count_P.options());
    // Everything relative to the largest term, so that no exponential overflows.
    const at::Tensor largest_P = at::maximum(at::maximum(hard_P, positive_P), floor_P).detach();
    const at::Tensor pull_P = (positive_P - largest_P).exp();
    const at::Tensor push_P =
        at::maximum(((hard_P - largest_P).exp() - count_P * pull_P * prior_) / (1.0 - prior_),
                    (floor_P - largest_P).exp());
    return lines.mean((pull_P + push_P).log() + largest_P - positive_P, has_negative_P);
  }

  double beta_, prior_;
};

}  // namespace

std::unique_ptr<Loss> make_hcl(const HclOptions& options) { return std::make_unique<Hcl>(options); }

}  // namespace twinset
