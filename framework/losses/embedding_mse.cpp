#include "framework/losses/embedding_mse.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>

#include "framework/losses/dense_pairs.h"

namespace twinset {
namespace {

class EmbeddingMse final : public Loss {
 public:
  explicit EmbeddingMse(const EmbeddingMseOptions& options)
      : document_weight_(options.document_weight) {}

  LossResult forward(const at::Tensor& queries_BD, const Candidates& candidates) override {
    check_shapes(queries_BD, candidates, "embedding_mse");
    LossResult result;
    if (document_weight_ < 1) {
      require_teacher_queries(candidates, "embedding_mse");
      const at::Tensor teacher_BD = like(candidates.teacher_queries, queries_BD);
      result.value = (queries_BD - teacher_BD).square().mean() * (1.0 - document_weight_);
      const at::NoGradGuard no_grad;
      result.statistics.emplace_back("teacher_cosine",
                                     (queries_BD * teacher_BD).sum(1).mean().item<double>());
    }
    if (document_weight_ > 0) {
      require_teacher_documents(candidates, "embedding_mse");
      const at::Tensor teacher_ND = like(candidates.teacher_documents, candidates.embeddings);
      const at::Tensor term =
          (candidates.embeddings - teacher_ND).square().mean() * document_weight_;
      result.value = result.value.defined() ? result.value + term : term;
    }
    return result;
  }

  void to_device(const std::string&) override {}

 private:
  static at::Tensor like(const at::Tensor& teacher, const at::Tensor& student) {
    if (teacher.size(1) != student.size(1)) {
      throw ShapeError(
          {.where = "embedding_mse",
           .what = fmt::format("the teacher is {} wide, the embeddings {}", teacher.size(1),
                               student.size(1)),
           .expected = "the same width",
           .todo = fmt::format("set embedding_dim={}, or use loss=distillation", teacher.size(1))});
    }
    return teacher.to(student.options());
  }

  double document_weight_;
};

}  // namespace

std::unique_ptr<Loss> make_embedding_mse(const EmbeddingMseOptions& options) {
  return std::make_unique<EmbeddingMse>(options);
}

}  // namespace twinset
