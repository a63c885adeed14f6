#include "framework/losses/multi_positive.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/logaddexp.h>

namespace twinset {
namespace {

class MultiPositive final : public SoftmaxLoss {
 public:
  explicit MultiPositive(const MultiPositiveOptions& options)
      : SoftmaxLoss("multi_positive", options.temperature, options.document_weight) {}

 private:
  at::Tensor direction(const Lines& lines, const at::Tensor&) override {
    const at::Tensor& positive_P = lines.positive_logits();
    const at::Tensor negatives_P = lines.of_pairs(lines.log_sum_negatives());
    return lines.mean(at::logaddexp(negatives_P, positive_P) - positive_P);
  }
};

}  // namespace

std::unique_ptr<Loss> make_multi_positive(const MultiPositiveOptions& options) {
  return std::make_unique<MultiPositive>(options);
}

}  // namespace twinset
