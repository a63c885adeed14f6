#include "framework/losses/margin_softmax.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/logaddexp.h>
#include <ATen/ops/where.h>

#include <cmath>

namespace twinset {
namespace {

class MarginSoftmax final : public SoftmaxLoss {
 public:
  explicit MarginSoftmax(const MarginSoftmaxOptions& options)
      : SoftmaxLoss("margin_softmax", options.temperature, options.document_weight),
        angle_(options.angular_margin),
        cosine_(options.cosine_margin) {}

 private:
  // [P] what the margins add to the cosines of positive pairs.
  at::Tensor prepare(const at::Tensor& queries_BD, const Candidates& candidates) override {
    const PairIndices pairs = pair_indices(candidates.positives, queries_BD);
    const at::Tensor cosine_P = (queries_BD.index_select(0, pairs.row) *
                                 candidates.embeddings.index_select(0, pairs.column))
                                    .sum(1);
    if (angle_ == 0.0) return cosine_P * 0.0 - cosine_;
    // The derivative of the sine is infinite at a cosine of 1.
    const at::Tensor sine_P = (1.0 - cosine_P.square()).clamp_min(1e-12).sqrt();
    const at::Tensor turned_P = cosine_P * (std::cos(angle_) - 1.0) - sine_P * std::sin(angle_);
    const at::Tensor is_within_P = cosine_P.ge(-std::cos(angle_));
    return at::where(is_within_P, turned_P, -angle_ * std::sin(angle_)) - cosine_;
  }

  at::Tensor direction(const Lines& lines, const at::Tensor& margin_P) override {
    const at::Tensor positive_P = lines.positive_logits() + margin_P * inverse();
    const at::Tensor negatives_P = lines.of_pairs(lines.log_sum_negatives());
    return lines.mean(at::logaddexp(negatives_P, positive_P) - positive_P);
  }

  double angle_, cosine_;
};

}  // namespace

std::unique_ptr<Loss> make_margin_softmax(const MarginSoftmaxOptions& options) {
  return std::make_unique<MarginSoftmax>(options);
}

}  // namespace twinset
