#pragma once

#include <memory>

#include "framework/losses/loss.h"

namespace twinset {

/// Options of `uniformity`.
struct UniformityOptions {
  double document_weight = 0.5;
  double sharpness = 2.0;

  template <class V>
  void visit(V&& v) {
    v("document_weight", document_weight,
      Field{.help = "share of the documents' embeddings", .min = 0, .max = 1});
    v("sharpness", sharpness, Field{.help = "t of the Gaussian potential", .above = 0});
  }
};

/// Uniformity, a regulariser: the embeddings of each side spread over the sphere.
///
/// \f$ L = (1-w)\,g(u_1..u_B) + w\,g(v_1..v_N),\quad g(x) = \log\frac{2}{n(n-1)}\sum_{i<j}
/// e^{-t\|x_i - x_j\|^2} \f$.
/// A single embedding adds 0.
///
/// Relations: with `alignment` in a `weighted_sum` it is what InfoNCE tends to; `koleo` looks at
/// nearest neighbours alone.
/// Labels: positives, excluded pairs and log_q have no meaning here and are not read. Statistics:
/// none.
/// Numerics: in the type of the queries. Distributed: none.
/// Source: Wang and Isola 2020, arXiv:2005.10242, section 4.1.2.
std::unique_ptr<Loss> make_uniformity(const UniformityOptions& options);

}  // namespace twinset
