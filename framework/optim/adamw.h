#pragma once

#include <memory>

#include "framework/core/options.h"
#include "framework/optim/optimizer.h"

namespace twinset {

/// Options of `adamw`.
struct AdamWOptions {
  double beta1 = 0.9;
  double beta2 = 0.98;
  double epsilon = 1e-8;
  double weight_decay = 0.05;

  template <class V>
  void visit(V&& v) {
    v("beta1", beta1, Field{.help = "decay of the mean of gradients", .min = 0, .max = 1});
    v("beta2", beta2,
      Field{.help = "decay of the mean of squares; CLIP: 0.98", .min = 0, .max = 1});
    v("epsilon", epsilon, Field{.help = "added to the root of the mean of squares", .above = 0});
    v("weight_decay", weight_decay,
      Field{.help = "decoupled; matrices and filters only", .min = 0});
  }
};

/// AdamW: Adam with decoupled weight decay, all tensors of a group in one fused pass.
///
/// \f$ m \leftarrow \beta_1 m + (1-\beta_1) g,\; v \leftarrow \beta_2 v + (1-\beta_2) g^2,\; \theta
/// \leftarrow \theta - \eta\lambda\theta - \eta \frac{m/(1-\beta_1^t)}{\sqrt{v/(1-\beta_2^t)} +
/// \epsilon} \f$
///
/// Source: Loshchilov and Hutter 2019, arXiv:1711.05101, algorithm 2.
std::unique_ptr<Optimizer> make_adamw(const AdamWOptions& options,
                                      std::vector<ParameterGroup> groups);

}  // namespace twinset
