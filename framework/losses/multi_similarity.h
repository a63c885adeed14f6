#pragma once

#include <optional>

#include "framework/losses/cosine_loss.h"

namespace twinset {

/// Options of `multi_similarity`.
struct MultiSimilarityOptions {
  double alpha = 2.0;
  double beta = 50.0;
  double base = 0.5;
  std::optional<double> mining_margin = 0.1;
  double document_weight = 0.0;

  template <class V>
  void visit(V&& v) {
    v("alpha", alpha, Field{.help = "scale of positives", .above = 0});
    v("beta", beta, Field{.help = "scale of negatives", .above = 0});
    v("base", base,
      Field{.help = "lambda: the cosine that positives should exceed and negatives stay below"});
    v("mining_margin", mining_margin,
      Field{.help = "epsilon: pairs count if they come this close to the line's hardest pair of "
                    "the other kind; null: all pairs",
            .min = 0});
    v("document_weight", document_weight, document_weight_field());
  }
};

/// Multi-similarity loss: soft maxima over positives and over negatives, of mined pairs.
///
/// \f$ d = \frac{1}{L}\sum_i \frac1\alpha\log\left(1 + \sum_p e^{-\alpha(s_{ip}-\lambda)}\right) +
/// \frac1\beta\log\left(1 + \sum_n e^{\beta(s_{in}-\lambda)}\right)
/// \f$ over the mined pairs: positives with \f$s_{ip} - \epsilon < \max_n
/// s_{in}\f$, negatives with \f$s_{in} + \epsilon > \min_p s_{ip}\f$.
///
/// Relations: `circle` multiplies the two sums instead. positive_weights are not read.
/// Labels: all positives of a line at once; excluded pairs are left out of sums and mining. A line
/// that lacks one of the two kinds has nothing mined, and adds 0; without mining it adds the other
/// kind's term.
/// log_q: has no meaning, not read. Statistics: accuracy. Numerics: in the type of the queries.
/// Distributed: none.
/// Source: Wang et al. 2019, arXiv:1904.06627, eq. 11, 12 and 15.
std::unique_ptr<Loss> make_multi_similarity(const MultiSimilarityOptions& options);

}  // namespace twinset
