#include "framework/losses/distillation.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>

#include "framework/losses/dense_pairs.h"

namespace twinset {
namespace {

class Distillation final : public SoftmaxLoss {
 public:
  explicit Distillation(const DistillationOptions& options)
      : SoftmaxLoss("distillation", options.temperature, options.document_weight),
        temperature_(options.teacher_temperature) {}

 private:
  at::Tensor prepare(const at::Tensor& queries_BD, const Candidates& candidates) override {
    require_teacher_queries(candidates, name());
    require_teacher_documents(candidates, name());
    const at::NoGradGuard no_grad;
    const auto options = queries_BD.options();
    const at::Tensor logits_BN = candidates.teacher_queries.to(options)
                                     .matmul(candidates.teacher_documents.to(options).t())
                                     .div_(temperature_);
    LabelledLogits rows(logits_BN, candidates);
    rows.subtract_log_q(candidates);
    row_logits_BN_ = rows.logits();
    return logits_BN;
  }

  at::Tensor direction(const Lines& lines, const at::Tensor& teacher_BN) override {
    const LabelledLogits& labelled = lines.labelled();
    at::Tensor target_BN;
    {
      const at::NoGradGuard no_grad;
      const at::Tensor& logits_BN = lines.axis() == 1 ? row_logits_BN_ : teacher_BN;
      target_BN = fill_pairs(labelled.mask_excluded(logits_BN).softmax(lines.axis()),
                             labelled.excluded(), 0.0);
    }
    const at::Tensor pull_L = (labelled.logits() * target_BN).sum(lines.axis());
    return mean_where_positive(lines.log_sum_all() - pull_L, lines.num_counted());
  }

  double temperature_;
  at::Tensor row_logits_BN_;  // the teacher's, corrected as the student's rows are
};

}  // namespace

std::unique_ptr<Loss> make_distillation(const DistillationOptions& options) {
  return std::make_unique<Distillation>(options);
}

}  // namespace twinset
