#include "framework/losses/soft_target.h"

#include <ATen/TensorOperators.h>

namespace twinset {
namespace {

class SoftTarget final : public SoftmaxLoss {
 public:
  explicit SoftTarget(const SoftTargetOptions& options)
      : SoftmaxLoss("soft_target", options.temperature, options.document_weight),
        smoothing_(options.smoothing) {}

 private:
  at::Tensor direction(const Lines& lines, const at::Tensor&) override {
    const at::Tensor log_sum_L = lines.log_sum_all();
    const at::Tensor sharp = lines.mean(lines.of_pairs(log_sum_L) - lines.positive_logits());
    if (smoothing_ == 0.0) return sharp;
    const LabelledLogits& labelled = lines.labelled();
    const at::Tensor sum_L =
        fill_pairs(labelled.logits(), labelled.excluded(), 0.0).sum(lines.axis());
    const at::Tensor even =
        lines.mean_of_lines(log_sum_L - sum_L / lines.num_counted().clamp_min(1.0));
    return sharp * (1.0 - smoothing_) + even * smoothing_;
  }

  double smoothing_;
};

}  // namespace

std::unique_ptr<Loss> make_soft_target(const SoftTargetOptions& options) {
  return std::make_unique<SoftTarget>(options);
}

}  // namespace twinset
