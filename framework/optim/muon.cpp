#include "framework/optim/muon.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/zeros_like.h>

#include <algorithm>
#include <cmath>

namespace twinset {
namespace {

class Muon final : public Optimizer {
 public:
  Muon(const MuonOptions& options, std::vector<ParameterGroup> groups) : options_(options) {
    std::vector<ParameterGroup> others;
    for (ParameterGroup& group : groups) {
      ParameterGroup rest = group;
      rest.parameters.clear();
      for (const auto& entry : group.parameters) {
        if (is_matrix(entry.first, entry.second)) {
          matrices_.push_back({entry.first, entry.second, at::zeros_like(entry.second).detach(),
                               group.lr_scale,
                               group.has_weight_decay ? options.weight_decay : 0.0});
        } else {
          rest.parameters.push_back(entry);
        }
      }
      others.push_back(std::move(rest));
    }
    adamw_ = make_adamw(options.adamw, std::move(others));
  }

  void step(double lr) override {
    const at::NoGradGuard no_grad;
    adamw_->step(lr);
    for (Matrix& matrix : matrices_) {
      const at::Tensor& gradient = matrix.parameter.grad();
      if (!gradient.defined()) continue;
      matrix.momentum.mul_(options_.momentum).add_(gradient);
      const at::Tensor update =
          gradient.add(matrix.momentum, options_.momentum).reshape({gradient.size(0), -1});
      const double rate = lr * matrix.lr_scale;
      const double scale = options_.update_rms *
                           std::sqrt(static_cast<double>(std::max(update.size(0), update.size(1))));
      at::Tensor weight = matrix.parameter.detach();
      weight.mul_(1.0 - rate * matrix.weight_decay);
      weight.sub_(orthogonalize(update, options_.iterations).view(gradient.sizes()), rate * scale);
    }
  }

  NamedTensors state() override {
    NamedTensors tensors = adamw_->state();
    for (const Matrix& matrix : matrices_)
      tensors.emplace_back("muon." + matrix.name + ".momentum", matrix.momentum);
    return tensors;
  }
  int64_t num_steps() const override { return adamw_->num_steps(); }
  void set_num_steps(int64_t num_steps) override { adamw_->set_num_steps(num_steps); }

 private:
  struct Matrix {
    std::string name;
    at::Tensor parameter, momentum;
    double lr_scale, weight_decay;
  };

  bool is_matrix(const std::string& name, const at::Tensor& tensor) const {
    if (tensor.dim() < 2 || tensor.size(0) < 2) return false;
    return std::none_of(
        options_.adamw_names.begin(), options_.adamw_names.end(),
        [&](const std::string& part) { return name.find(part) != std::string::npos; });
  }

  MuonOptions options_;
  std::vector<Matrix> matrices_;
  std::unique_ptr<Optimizer> adamw_;
};

}  // namespace

at::Tensor orthogonalize(const at::Tensor& matrix, int64_t iterations) {
  const bool is_tall = matrix.size(0) > matrix.size(1);
  at::Tensor x = is_tall ? matrix.t() : matrix;
  x = x / x.norm().clamp_min(1e-12);
  for (int64_t i = 0; i < iterations; ++i) {
    const at::Tensor a = x.mm(x.t());
    const at::Tensor b = at::addmm(a, a, a, -4.7750, 2.0315);
    x = at::addmm(x, b, x, 3.4445, 1.0);
  }
  return (is_tall ? x.t() : x).contiguous();
}

std::unique_ptr<Optimizer> make_muon(const MuonOptions& options,
                                     std::vector<ParameterGroup> groups) {
  return std::make_unique<Muon>(options, std::move(groups));
}

}  // namespace twinset
