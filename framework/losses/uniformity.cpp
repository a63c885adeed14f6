#include "framework/losses/uniformity.h"

#include <ATen/TensorOperators.h>

#include <cmath>

#include "framework/losses/dense_pairs.h"

namespace twinset {
namespace {

class Uniformity final : public Loss {
 public:
  explicit Uniformity(const UniformityOptions& options) : options_(options) {}

  LossResult forward(const at::Tensor& queries_BD, const Candidates& candidates) override {
    check_shapes(queries_BD, candidates, "uniformity");
    const double w = options_.document_weight;
    return {potential(queries_BD) * (1.0 - w) + potential(candidates.embeddings) * w, {}};
  }

  void to_device(const std::string&) override {}

 private:
  at::Tensor potential(const at::Tensor& rows) const {
    const double n = static_cast<double>(rows.size(0));
    if (n < 2) return rows.sum() * 0.0;
    const at::Tensor square = rows.square().sum(1);
    const at::Tensor distance =
        square.unsqueeze(1) + square.unsqueeze(0) - rows.matmul(rows.t()) * 2.0;
    const at::Tensor exponents = (distance * -options_.sharpness).fill_diagonal_(kMaskedLogit);
    return exponents.logsumexp(std::vector<int64_t>{0, 1}) - std::log(n * (n - 1.0));
  }

  UniformityOptions options_;
};

}  // namespace

std::unique_ptr<Loss> make_uniformity(const UniformityOptions& options) {
  return std::make_unique<Uniformity>(options);
}

}  // namespace twinset
