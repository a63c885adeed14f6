#pragma once

#include <memory>

#include "framework/losses/loss.h"

namespace twinset {

/// Options of `koleo`.
struct KoleoOptions {
  double document_weight = 0.5;

  template <class V>
  void visit(V&& v) {
    v("document_weight", document_weight,
      Field{.help = "share of the documents' embeddings", .min = 0, .max = 1});
  }
};

/// KoLeo, a regulariser: each embedding keeps away from its nearest neighbour on the same side.
///
/// \f$ L = (1-w)\,k(u_1..u_B) + w\,k(v_1..v_N),\quad k(x) = -\frac1n\sum_i\log\left(\min_{j \neq
/// i}\|x_i - x_j\| + 10^{-8}\right) \f$; the entropy of the embeddings, as estimated by Kozachenko
/// and Leonenko. A single embedding adds 0; equal ones have no gradient.
///
/// Relations: `uniformity` looks at all pairs. Usually a part of a `weighted_sum`.
/// Labels: positives, excluded pairs and log_q have no meaning here and are not read. Statistics:
/// none.
/// Numerics: in the type of the queries. Distributed: none.
/// Source: Sablayrolles et al. 2019, arXiv:1806.03198, eq. 3.
std::unique_ptr<Loss> make_koleo(const KoleoOptions& options);

}  // namespace twinset
