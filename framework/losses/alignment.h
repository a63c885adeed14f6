#pragma once

#include <memory>

#include "framework/losses/loss.h"

namespace twinset {

/// Options of `alignment`.
struct AlignmentOptions {
  double exponent = 2.0;

  template <class V>
  void visit(V&& v) {
    v("exponent", exponent, Field{.help = "alpha of the distance", .min = 1});
  }
};

/// Alignment, a regulariser: positive pairs are close.
///
/// \f$ L = \frac{1}{\sum_P w_{ip}}\sum_{(i,p) \in P} w_{ip}\,\|u_i - v_p\|^\alpha \f$ with w =
/// positive_weights (1 if there are none).
///
/// Relations: with `uniformity` in a `weighted_sum` it is what InfoNCE tends to.
/// Labels: every positive pair counts alike (by its weight); excluded pairs are not read; without a
/// positive pair: 0. Alone it collapses. log_q: has no meaning, not read. Statistics: modality_gap,
/// the distance between the mean query and the mean document.
/// Numerics: in the type of the queries. Distributed: none.
/// Source: Wang and Isola 2020, arXiv:2005.10242, section 4.1.1; Liang et al. 2022,
/// arXiv:2203.02053, section 2 (gap).
std::unique_ptr<Loss> make_alignment(const AlignmentOptions& options);

}  // namespace twinset
