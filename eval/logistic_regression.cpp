#include "eval/logistic_regression.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/argmax.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/dot.h>
#include <ATen/ops/logsumexp.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/one_hot.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <c10/core/InferenceMode.h>

#include <deque>

namespace twinset {
namespace {

constexpr size_t kMemory =
    10;  // pairs of steps and gradient changes that approximate the curvature
constexpr double kGradientTolerance = 1e-6;

// Value and gradient at parameters [(D + 1) * C]; the last row of the matrix are the biases.
struct Objective {
  at::Tensor rows;     // [N, D + 1], the last column ones
  at::Tensor targets;  // [N, C] one-hot
  double penalty;

  double operator()(const at::Tensor& parameters, at::Tensor& gradient) const {
    const auto count = static_cast<double>(rows.size(0));
    const at::Tensor matrix = parameters.view({rows.size(1), targets.size(1)});
    const at::Tensor logits = at::matmul(rows, matrix);
    const at::Tensor log_sums = at::logsumexp(logits, {1}, /*keepdim=*/true);
    const at::Tensor weights = matrix.narrow(0, 0, rows.size(1) - 1);
    const double loss = ((log_sums.sum() - (logits * targets).sum()).item<double>() +
                         penalty / 2 * (weights * weights).sum().item<double>()) /
                        count;
    at::Tensor result = at::matmul(rows.t(), (logits - log_sums).exp() - targets);
    result.narrow(0, 0, rows.size(1) - 1).add_(weights, penalty);
    gradient = result.div(count).flatten();
    return loss;
  }
};

// The two-loop recursion: minus the inverse curvature times the gradient.
at::Tensor descent_direction(const at::Tensor& gradient, const std::deque<at::Tensor>& steps,
                             const std::deque<at::Tensor>& changes) {
  at::Tensor direction = -gradient;
  std::vector<double> alphas(steps.size());
  for (size_t i = steps.size(); i-- > 0;) {
    alphas[i] =
        at::dot(steps[i], direction).item<double>() / at::dot(steps[i], changes[i]).item<double>();
    direction = direction - changes[i] * alphas[i];
  }
  if (!steps.empty()) {
    direction = direction * (at::dot(steps.back(), changes.back()).item<double>() /
                             at::dot(changes.back(), changes.back()).item<double>());
  }
  for (size_t i = 0; i < steps.size(); ++i) {
    const double beta = at::dot(changes[i], direction).item<double>() /
                        at::dot(steps[i], changes[i]).item<double>();
    direction = direction + steps[i] * (alphas[i] - beta);
  }
  return direction;
}

}  // namespace

std::vector<int64_t> LogisticRegression::predict(const at::Tensor& rows) const {
  const at::Tensor best =
      at::argmax(at::matmul(rows.to(at::kDouble), weights) + biases, 1).contiguous();
  return {best.const_data_ptr<int64_t>(), best.const_data_ptr<int64_t>() + best.numel()};
}

LogisticRegression fit_logistic_regression(const at::Tensor& rows,
                                           const std::vector<int64_t>& classes, int64_t num_classes,
                                           double penalty, int64_t max_steps) {
  const c10::InferenceMode guard;
  const at::Tensor values = rows.to(at::kDouble);
  const Objective objective{at::cat({values, at::ones({values.size(0), 1}, at::kDouble)}, 1),
                            at::one_hot(at::tensor(classes), num_classes).to(at::kDouble), penalty};
  at::Tensor parameters = at::zeros({(values.size(1) + 1) * num_classes}, at::kDouble), gradient;
  LogisticRegression result;
  result.objective = objective(parameters, gradient);
  std::deque<at::Tensor> steps, changes;
  for (int64_t step = 0; step < max_steps; ++step) {
    result.has_converged = gradient.abs().max().item<double>() < kGradientTolerance;
    if (result.has_converged) break;
    const at::Tensor direction = descent_direction(gradient, steps, changes);
    const double slope = at::dot(gradient, direction).item<double>();
    at::Tensor next, next_gradient;
    double length = 1.0, next_value = 0.0;
    // Halved until the value falls as far as the slope promises (Armijo); the objective is convex.
    for (int halvings = 0; halvings < 60; ++halvings, length /= 2) {
      next = parameters + direction * length;
      next_value = objective(next, next_gradient);
      if (next_value <= result.objective + 1e-4 * length * slope) break;
    }
    const at::Tensor moved = next - parameters, changed = next_gradient - gradient;
    if (at::dot(moved, changed).item<double>() > 1e-300) {
      steps.push_back(moved);
      changes.push_back(changed);
      if (steps.size() > kMemory) {
        steps.pop_front();
        changes.pop_front();
      }
    }
    const bool is_stuck = !(next_value < result.objective);
    parameters = next;
    gradient = next_gradient;
    result.objective = next_value;
    if (is_stuck) break;
  }
  const at::Tensor matrix = parameters.view({values.size(1) + 1, num_classes});
  result.weights = matrix.narrow(0, 0, values.size(1)).clone();
  result.biases = matrix.select(0, values.size(1)).clone();
  return result;
}

}  // namespace twinset
