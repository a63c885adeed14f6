#pragma once

#include "framework/losses/loss.h"
#include "framework/losses/temperature.h"

namespace twinset {

/// Options of `relevance_levels`.
struct RelevanceLevelsOptions {
  TemperatureOptions temperature{.initial = 0.2};
  int64_t num_levels = 5;

  template <class V>
  void visit(V&& v) {
    v("temperature", temperature, Field{.help = "of one level"});
    v("num_levels", num_levels,
      Field{.help = "K: from 0, not relevant, to K - 1, exactly what is asked for",
            .min = 2,
            .max = 100});
  }
};

/// Levels of relevance: cross-entropy of each pair's soft level with a softmax over K levels of its
/// cosine.
///
/// \f$ L = -\frac1B\sum_{ij \notin E}\sum_{k=0}^{K-1}
/// q_{ijk}\log\mathrm{softmax}_k\left(k\,s_{ij}/\tau + b_k\right)
/// \f$ with trained b (b_0 = 0: adjacent levels at log odds \f$s/\tau + b_k - b_{k-1}\f$). The
/// teacher's q of a positive pair with weight w spreads over the two levels around \f$w (K-1)\f$, a
/// negative pair has level 0.
///
/// Also known as: distillation of K-level soft relevance labels (a judge's expected level, scaled
/// to (0, 1], is the weight).
/// Relations: `asymmetric` without focusing when K = 2 and all weights are 1.
///
/// Labels: every positive has its own level; excluded pairs are left out; a row without a positive
/// still has its negatives.
/// log_q: has no meaning (each pair is judged alone), not read. Statistics: temperature. Numerics:
/// in the type of the queries.
/// Distributed: none.
/// @throws ShapeError if the candidates carry no positive_weights, or one above 1
/// Source: Wang et al. 2024, arXiv:2410.17152, section 3 (five levels, soft scores of a teacher);
/// Agresti 2010, "Analysis of ordinal categorical data", section 4.1 (adjacent levels).
std::unique_ptr<Loss> make_relevance_levels(const RelevanceLevelsOptions& options);

}  // namespace twinset
