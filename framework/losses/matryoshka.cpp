#include "framework/losses/matryoshka.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/linalg_vector_norm.h>

#include <algorithm>

#include "framework/losses/dense_pairs.h"

namespace twinset {
namespace {

class Matryoshka final : public Loss {
 public:
  Matryoshka(const MatryoshkaOptions& options, std::unique_ptr<Loss> loss)
      : options_(options), loss_(std::move(loss)) {}

  LossResult forward(const at::Tensor& queries_BD, const Candidates& candidates) override {
    check_shapes(queries_BD, candidates, "matryoshka");
    const std::vector<int64_t> dims = dims_of(queries_BD.size(1));
    const int64_t largest = *std::max_element(dims.begin(), dims.end());
    LossResult result;
    Candidates part = candidates;
    for (size_t k = 0; k < dims.size(); ++k) {
      const double weight = options_.weights.empty() ? 1.0 : options_.weights[k];
      part.embeddings = leading(candidates.embeddings, dims[k]);
      LossResult term = loss_->forward(leading(queries_BD, dims[k]), part);
      result.value =
          result.value.defined() ? result.value + term.value * weight : term.value * weight;
      result.statistics.emplace_back("loss_" + std::to_string(dims[k]), term.value.item<double>());
      if (dims[k] == largest)
        result.statistics.insert(result.statistics.begin(), term.statistics.begin(),
                                 term.statistics.end());
    }
    return result;
  }

  NamedTensors parameters() const override { return loss_->parameters(); }
  void clamp_parameters() override { loss_->clamp_parameters(); }
  double inverse_temperature() const override { return loss_->inverse_temperature(); }
  void to_device(const std::string& device) override { loss_->to_device(device); }

 private:
  std::vector<int64_t> dims_of(int64_t width) const {
    std::vector<int64_t> dims = options_.dims;
    for (int64_t dim : dims) {
      if (dim <= width) continue;
      throw ShapeError(
          {.where = "matryoshka.dims",
           .what = fmt::format("{} is above the width of the embeddings, {}", dim, width),
           .expected = fmt::format("at most {}", width),
           .todo = "lower it, or raise embedding_dim"});
    }
    constexpr int64_t kSmallest = 8;
    if (dims.empty()) {
      for (int64_t dim = width; dim == width || dim >= kSmallest; dim /= 2) dims.push_back(dim);
    }
    return dims;
  }

  static at::Tensor leading(const at::Tensor& rows, int64_t dim) {
    const at::Tensor cut = rows.narrow(1, 0, dim);
    return cut / at::linalg_vector_norm(cut, 2, {1}, true).clamp_min(1e-12);
  }

  MatryoshkaOptions options_;
  std::unique_ptr<Loss> loss_;
};

}  // namespace

Node MatryoshkaOptions::default_loss() {
  Node node = Node::map();
  node.set("name", "info_nce");
  return node;
}

std::unique_ptr<Loss> make_matryoshka(const MatryoshkaOptions& options,
                                      const LossRegistry& registry, const std::string& path) {
  if (!options.weights.empty() && options.weights.size() != options.dims.size()) {
    throw ConfigError({.where = path + ".weights",
                       .what = fmt::format("has {} numbers for {} dims", options.weights.size(),
                                           options.dims.size()),
                       .expected = "one a dimension, or none"});
  }
  return std::make_unique<Matryoshka>(options, registry.create_part(options.loss, path + ".loss"));
}

}  // namespace twinset
