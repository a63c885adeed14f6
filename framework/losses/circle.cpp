#include "framework/losses/circle.h"

#include <ATen/TensorOperators.h>

namespace twinset {
namespace {

class Circle final : public CosineLoss {
 public:
  explicit Circle(const CircleOptions& options)
      : CosineLoss("circle", options.document_weight, options.scale), options_(options) {}

 private:
  at::Tensor direction(const Lines& lines) override {
    const double m = options_.margin;
    const at::Tensor& positive_P = lines.positive_logits();
    const at::Tensor positive_weight_P =
        (1.0 + m - positive_P.detach()).clamp_min(0.0) * options_.scale;
    const at::Tensor positives_L =
        lines.log_sum_positives(positive_weight_P * (1.0 - m - positive_P));
    const LabelledLogits& labelled = lines.labelled();
    const at::Tensor& cosine_BN = labelled.logits();
    const at::Tensor negative_weight_BN =
        (cosine_BN.detach() + m).clamp_min_(0.0).mul_(options_.scale);
    const at::Tensor negatives_L =
        labelled.mask_non_negatives(negative_weight_BN * (cosine_BN - m)).logsumexp({lines.axis()});
    const at::Tensor has_both_L = lines.num_negatives().gt(0).logical_and(
        lines.sum_positives(labelled.positive_weights()).gt(0));
    return mean_where_positive(log_one_plus_exp(positives_L + negatives_L), has_both_L);
  }

  CircleOptions options_;
};

}  // namespace

std::unique_ptr<Loss> make_circle(const CircleOptions& options) {
  return std::make_unique<Circle>(options);
}

}  // namespace twinset
