#pragma once

#include <memory>
#include <string>

#include "framework/losses/loss.h"
#include "framework/losses/similarity_kernel.h"
#include "framework/losses/temperature.h"

namespace twinset {

/// Options of `sigmoid`.
struct SigmoidOptions {
  TemperatureOptions temperature{.initial = 0.1};
  double bias = -10.0;
  std::string kernel = "auto";

  template <class V>
  void visit(V&& v) {
    v("temperature", temperature, Field{});
    v("bias", bias,
      Field{.help = "added to each logit, trained; start near the log odds of a positive pair (-3 "
                    "at 1 in 20). SigLIP's "
                    "published -10 suits one positive in tens of thousands"});
    v("kernel", kernel, kernel_field());
  }
};

/// SigLIP: an independent binary decision for every pair.
///
/// \f$ L = -\frac{1}{B}\sum_{ij \notin E} \log\sigma(z_{ij}(\ell_{ij} + b)) \f$, z = 1 for a
/// positive pair, -1 otherwise,
/// \f$\ell = s/\tau\f$, excluded pairs E left out.
///
/// Relations: with full_vocabulary it is binary cross-entropy over all attributes.
/// Statistics: temperature, bias. log_q: not read, since no pair competes with another.
/// Numerics: `kernel` tiled: kernels/tiled_sigmoid.h; dense: log sigmoid in the type of the
/// queries. Distributed: none.
/// Source: Zhai et al. 2023, arXiv:2303.15343, section 3.2.
std::unique_ptr<Loss> make_sigmoid(const SigmoidOptions& options);

}  // namespace twinset
