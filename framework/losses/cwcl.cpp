#include "framework/losses/cwcl.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/ones_like.h>
#include <ATen/ops/zeros.h>

#include "framework/losses/dense_pairs.h"

namespace twinset {
namespace {

class Cwcl final : public SoftmaxLoss {
 public:
  explicit Cwcl(const CwclOptions& options)
      : SoftmaxLoss("cwcl", options.temperature, options.document_weight) {}

 private:
  // [B, N] weights of pairs, excluded ones 0.
  at::Tensor prepare(const at::Tensor& queries_BD, const Candidates& candidates) override {
    const at::NoGradGuard no_grad;
    require_teacher_queries(candidates, name());
    const at::Tensor teacher_BT = candidates.teacher_queries.to(queries_BD.options());
    const PairIndices excluded = pair_indices(candidates.excluded, queries_BD);
    if (candidates.teacher_documents.defined()) {
      const at::Tensor similarity_BN =
          teacher_BT.matmul(candidates.teacher_documents.to(queries_BD.options()).t());
      return fill_pairs(similarity_BN.add_(1.0).mul_(0.5).clamp_min_(0.0), excluded, 0.0);
    }
    const PairIndices positives = pair_indices(candidates.positives, queries_BD);
    const int64_t num_documents = candidates.embeddings.size(0);
    const at::Tensor sum_NT =
        at::zeros({num_documents, teacher_BT.size(1)}, teacher_BT.options())
            .index_add_(0, positives.column, teacher_BT.index_select(0, positives.row));
    const at::Tensor count_N =
        at::zeros({num_documents}, teacher_BT.options())
            .index_add_(0, positives.column,
                        at::ones_like(positives.column).to(teacher_BT.scalar_type()));
    const at::Tensor similarity_BN =
        teacher_BT.matmul((sum_NT / count_N.clamp_min(1.0).unsqueeze(1)).t());
    const at::Tensor weight_BN =
        similarity_BN.add_(1.0).mul_(0.5).clamp_min_(0.0).mul_(count_N.clamp_max(1.0).unsqueeze(0));
    return fill_pairs(weight_BN, excluded, 0.0);
  }

  at::Tensor direction(const Lines& lines, const at::Tensor& weight_BN) override {
    const at::Tensor sum_L = weight_BN.sum(lines.axis());
    const at::Tensor pull_L =
        (lines.labelled().logits() * weight_BN).sum(lines.axis()) / sum_L.clamp_min(1e-30);
    return mean_where_positive(lines.log_sum_all() - pull_L, sum_L);
  }
};

}  // namespace

std::unique_ptr<Loss> make_cwcl(const CwclOptions& options) {
  return std::make_unique<Cwcl>(options);
}

}  // namespace twinset
