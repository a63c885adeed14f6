#include "framework/optim/adamw.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/_fused_adamw.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros_like.h>

namespace twinset {
namespace {

class AdamW final : public Optimizer {
 public:
  AdamW(const AdamWOptions& options, std::vector<ParameterGroup> groups) : options_(options) {
    for (ParameterGroup& group : groups) {
      GroupState state{std::move(group), {}, {}};
      for (const auto& [name, parameter] : state.group.parameters) {
        state.means.push_back(at::zeros_like(parameter, at::MemoryFormat::Preserve).detach());
        state.squares.push_back(at::zeros_like(parameter, at::MemoryFormat::Preserve).detach());
      }
      groups_.push_back(std::move(state));
    }
  }

  void step(double lr) override {
    const at::NoGradGuard no_grad;
    ++num_steps_;
    for (GroupState& state : groups_) {
      std::vector<at::Tensor> parameters, gradients, means, squares, steps;
      for (size_t i = 0; i < state.group.parameters.size(); ++i) {
        const at::Tensor& parameter = state.group.parameters[i].second;
        if (!parameter.grad().defined()) continue;
        parameters.push_back(parameter);
        gradients.push_back(parameter.grad());
        means.push_back(state.means[i]);
        squares.push_back(state.squares[i]);
        steps.push_back(
            at::full({}, static_cast<double>(num_steps_), parameter.options().dtype(at::kFloat)));
      }
      if (parameters.empty()) continue;
      at::_fused_adamw_(parameters, gradients, means, squares, {}, steps, lr * state.group.lr_scale,
                        options_.beta1, options_.beta2,
                        state.group.has_weight_decay ? options_.weight_decay : 0.0,
                        options_.epsilon,
                        /*amsgrad=*/false, /*maximize=*/false);
    }
  }

  NamedTensors state() override {
    NamedTensors tensors;
    for (const GroupState& state : groups_) {
      for (size_t i = 0; i < state.group.parameters.size(); ++i) {
        const std::string prefix = "adamw." + state.group.parameters[i].first;
        tensors.emplace_back(prefix + ".mean", state.means[i]);
        tensors.emplace_back(prefix + ".square", state.squares[i]);
      }
    }
    return tensors;
  }

  int64_t num_steps() const override { return num_steps_; }
  void set_num_steps(int64_t num_steps) override { num_steps_ = num_steps; }

 private:
  struct GroupState {
    ParameterGroup group;
    std::vector<at::Tensor> means, squares;
  };
  AdamWOptions options_;
  std::vector<GroupState> groups_;
  int64_t num_steps_ = 0;
};

}  // namespace

std::unique_ptr<Optimizer> make_adamw(const AdamWOptions& options,
                                      std::vector<ParameterGroup> groups) {
  return std::make_unique<AdamW>(options, std::move(groups));
}

}  // namespace twinset
