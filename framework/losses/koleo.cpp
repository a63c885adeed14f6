#include "framework/losses/koleo.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/linalg_vector_norm.h>

#include "framework/losses/dense_pairs.h"

namespace twinset {
namespace {

class Koleo final : public Loss {
 public:
  explicit Koleo(const KoleoOptions& options) : document_weight_(options.document_weight) {}

  LossResult forward(const at::Tensor& queries_BD, const Candidates& candidates) override {
    check_shapes(queries_BD, candidates, "koleo");
    return {entropy_term(queries_BD) * (1.0 - document_weight_) +
                entropy_term(candidates.embeddings) * document_weight_,
            {}};
  }

  void to_device(const std::string&) override {}

 private:
  static at::Tensor entropy_term(const at::Tensor& rows) {
    if (rows.size(0) < 2) return rows.sum() * 0.0;
    at::Tensor nearest;
    {
      const at::NoGradGuard no_grad;
      nearest = rows.matmul(rows.t()).fill_diagonal_(-2.0).argmax(1);
    }
    return -(at::linalg_vector_norm(rows - rows.index_select(0, nearest), 2, {1}) + 1e-8)
                .log()
                .mean();
  }

  double document_weight_;
};

}  // namespace

std::unique_ptr<Loss> make_koleo(const KoleoOptions& options) {
  return std::make_unique<Koleo>(options);
}

}  // namespace twinset
