#include "framework/losses/softmax_loss.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/full.h>

#include "framework/losses/dense_pairs.h"

namespace twinset {

SoftmaxLoss::SoftmaxLoss(std::string name, const TemperatureOptions& temperature,
                         double document_weight)
    : name_(std::move(name)), temperature_(temperature, name_), document_weight_(document_weight) {}

LossResult SoftmaxLoss::forward(const at::Tensor& queries_BD, const Candidates& candidates) {
  check_shapes(queries_BD, candidates, name_);
  const at::Tensor logits_BN =
      queries_BD.matmul(candidates.embeddings.t()) * temperature_.inverse();
  const at::Tensor prepared = prepare(queries_BD, candidates);
  LabelledLogits labelled(logits_BN, candidates);
  const double w = document_weight_;
  at::Tensor documents_term;
  if (w > 0) documents_term = direction(Lines(labelled, 0), prepared) * w;
  labelled.subtract_log_q(candidates);
  LossResult result{documents_term,
                    {{"temperature", temperature_.value()}, {"accuracy", accuracy(labelled)}}};
  if (w < 1) {
    const at::Tensor queries_term = direction(Lines(labelled, 1), prepared) * (1.0 - w);
    result.value = documents_term.defined() ? queries_term + documents_term : queries_term;
  }
  return result;
}

double accuracy(const LabelledLogits& labelled) {
  const at::NoGradGuard no_grad;
  if (labelled.positives().size() == 0) return 0.0;
  // Not all(), whose result would be kept without its graph.
  const at::Tensor best_B = labelled.mask_excluded(labelled.logits()).amax({1});
  const at::Tensor best_positive_B =
      at::full(best_B.sizes(), kMaskedLogit, best_B.options())
          .scatter_reduce(0, labelled.positives().row, labelled.positive_logits(), "amax");
  const at::Tensor rows = Lines::where_positive(best_positive_B.gt(0.5 * kMaskedLogit));
  return best_positive_B.ge(best_B).index_select(0, rows).to(at::kDouble).mean().item<double>();
}

}  // namespace twinset
