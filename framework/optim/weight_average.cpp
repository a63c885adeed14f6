#include "framework/optim/weight_average.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/_foreach_lerp.h>

#include <algorithm>

namespace twinset {

WeightAverage::WeightAverage(const WeightAverageOptions& options, NamedTensors weights)
    : options_(options) {
  if (!is_enabled()) return;
  for (auto& entry : weights) {
    if (!entry.second.is_floating_point()) continue;
    averages_.push_back(entry.second.detach().clone());
    weights_.push_back(std::move(entry));
  }
}

void WeightAverage::update(int64_t step) {
  if (!is_enabled() || step % options_.every_steps != 0) return;
  const at::NoGradGuard no_grad;
  const double t = static_cast<double>(step / options_.every_steps);
  const double decay = std::min(options_.decay, (1.0 + t) / (10.0 + t));
  std::vector<at::Tensor> current;
  for (const auto& [name, weight] : weights_) current.push_back(weight.detach());
  at::_foreach_lerp_(averages_, current, 1.0 - decay);
}

void WeightAverage::swap() {
  if (!is_enabled()) return;
  const at::NoGradGuard no_grad;
  for (size_t i = 0; i < weights_.size(); ++i) {
    const at::Tensor weight = weights_[i].second.detach();
    const at::Tensor saved = weight.clone();
    weight.copy_(averages_[i]);
    averages_[i].copy_(saved);
  }
}

NamedTensors WeightAverage::state() const {
  NamedTensors tensors;
  for (size_t i = 0; i < averages_.size(); ++i)
    tensors.emplace_back("average." + weights_[i].first, averages_[i]);
  return tensors;
}

}  // namespace twinset
