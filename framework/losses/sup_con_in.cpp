#include "framework/losses/sup_con_in.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/logaddexp.h>

namespace twinset {
namespace {

class SupConIn final : public SoftmaxLoss {
 public:
  explicit SupConIn(const SupConInOptions& options)
      : SoftmaxLoss("sup_con_in", options.temperature, options.document_weight) {}

 private:
  at::Tensor direction(const Lines& lines, const at::Tensor&) override {
    const at::Tensor bag_L = lines.log_sum_positives(lines.positive_logits() +
                                                     lines.labelled().positive_weights().log());
    return lines.mean_of_lines(at::logaddexp(lines.log_sum_negatives(), bag_L) - bag_L);
  }
};

}  // namespace

std::unique_ptr<Loss> make_sup_con_in(const SupConInOptions& options) {
  return std::make_unique<SupConIn>(options);
}

}  // namespace twinset
