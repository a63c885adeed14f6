#include "framework/losses/cosine_loss.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/softplus.h>

#include "framework/losses/dense_pairs.h"

namespace twinset {

LossResult CosineLoss::forward(const at::Tensor& queries_BD, const Candidates& candidates) {
  check_shapes(queries_BD, candidates, name_);
  const LabelledLogits labelled(queries_BD.matmul(candidates.embeddings.t()), candidates);
  LossResult result{{}, {{"accuracy", accuracy(labelled)}}};
  if (document_weight_ < 1) result.value = direction(Lines(labelled, 1)) * (1.0 - document_weight_);
  if (document_weight_ > 0) {
    const at::Tensor documents_term = direction(Lines(labelled, 0)) * document_weight_;
    result.value = result.value.defined() ? result.value + documents_term : documents_term;
  }
  return result;
}

at::Tensor log_one_plus_exp(const at::Tensor& x) { return at::softplus(x, 1.0, 50.0); }

}  // namespace twinset
