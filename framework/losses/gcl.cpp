#include "framework/losses/gcl.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/logaddexp.h>

#include "framework/losses/dense_pairs.h"

namespace twinset {
namespace {

class Gcl final : public SoftmaxLoss {
 public:
  explicit Gcl(const GclOptions& options)
      : SoftmaxLoss("gcl", options.temperature, options.document_weight) {}

 private:
  at::Tensor prepare(const at::Tensor&, const Candidates& candidates) override {
    require_positive_weights(candidates, name());
    return {};
  }

  at::Tensor direction(const Lines& lines, const at::Tensor&) override {
    const at::Tensor& positive_P = lines.positive_logits();
    const at::Tensor& weight_P = lines.labelled().positive_weights();
    const at::Tensor negatives_P = lines.of_pairs(lines.log_sum_negatives());
    const at::Tensor terms_P = at::logaddexp(negatives_P, positive_P) - positive_P;
    return (terms_P * weight_P).sum() / weight_P.sum().clamp_min(1e-30);
  }
};

}  // namespace

std::unique_ptr<Loss> make_gcl(const GclOptions& options) { return std::make_unique<Gcl>(options); }

}  // namespace twinset
