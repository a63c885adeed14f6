#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace twinset {

/// Weights [D, C] and biases [C] of a multinomial logistic regression, float64.
struct LogisticRegression {
  at::Tensor weights;
  at::Tensor biases;
  bool has_converged = false;  ///< the gradient's largest entry fell below 1e-6
  double objective = 0.0;

  /// The class with the largest score, of equals the first. @param rows  [N, D]
  std::vector<int64_t> predict(const at::Tensor& rows) const;
};

/// Minimises \f$ \frac{1}{N} \sum_i -\log softmax(x_i W + b)_{y_i} + \frac{\lambda}{2N} \lVert W
/// \rVert^2 \f$ by L-BFGS in float64, from zero. The biases are not penalised. scikit-learn's
/// LogisticRegression(C = 1 / lambda) has the same optimum.
///
/// @param rows     [N, D]
/// @param classes  [N] in [0, num_classes)
LogisticRegression fit_logistic_regression(const at::Tensor& rows,
                                           const std::vector<int64_t>& classes, int64_t num_classes,
                                           double penalty, int64_t max_steps = 500);

}  // namespace twinset
