#pragma once

#include <ATen/core/Tensor.h>

#include <memory>

#include "framework/core/options.h"
#include "framework/optim/adamw.h"
#include "framework/optim/optimizer.h"

namespace twinset {

/// Options of `muon`.
struct MuonOptions {
  double momentum = 0.95;
  double update_rms = 0.2;
  double weight_decay = 0.05;
  int64_t iterations = 5;
  std::vector<std::string> adamw_names = {"embedding", "position", "class_token"};
  AdamWOptions adamw;

  template <class V>
  void visit(V&& v) {
    v("momentum", momentum, Field{.help = "of the gradients, Nesterov's form", .min = 0, .max = 1});
    v("update_rms", update_rms,
      Field{.help = "root mean square of an update at lr 1; 0.2 is AdamW's, so that its lr and "
                    "decay carry over",
            .above = 0});
    v("weight_decay", weight_decay,
      Field{.help = "decoupled; of the matrices that Muon updates", .min = 0});
    v("iterations", iterations, Field{.help = "Newton-Schulz iterations", .min = 1, .max = 20});
    v("adamw_names", adamw_names,
      Field{.help = "a matrix whose name holds one of these is AdamW's: tables that are looked up, "
                    "not multiplied"});
    v("adamw", adamw, Field{});
  }
};

/// Muon: the momentum of each matrix is replaced by its nearest semi-orthogonal matrix, so that all
/// directions move alike. Filters [O, I, h, w] count as matrices [O, I h w]; everything else
/// (biases, norms, scalars, tables) is AdamW's.
///
/// \f$ M \leftarrow \mu M + G,\; O = \mathrm{orth}(G + \mu M),\; \theta \leftarrow (1 -
/// \eta\lambda)\theta - \eta\, r \sqrt{\max(m, n)}\, O \f$ for an [m, n] matrix.
///
/// Source: Jordan et al. 2024, "Muon: an optimizer for hidden layers in neural networks"; the scale
/// is Liu et al. 2025, arXiv:2502.16982, section 2.2.
std::unique_ptr<Optimizer> make_muon(const MuonOptions& options,
                                     std::vector<ParameterGroup> groups);

/// The semi-orthogonal matrix near `matrix` [m, n], by Newton-Schulz iterations of
/// \f$ X \leftarrow aX + b(XX^T)X + c(XX^T)^2X \f$, a = 3.4445, b = -4.7750, c = 2.0315: singular
/// values end between about 0.7 and 1.2.
at::Tensor orthogonalize(const at::Tensor& matrix, int64_t iterations);

}  // namespace twinset
