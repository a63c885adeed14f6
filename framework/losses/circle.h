#pragma once

#include "framework/losses/cosine_loss.h"

namespace twinset {

/// Options of `circle`.
struct CircleOptions {
  double margin = 0.25;
  double scale = 80.0;
  double document_weight = 0.0;

  template <class V>
  void visit(V&& v) {
    v("margin", margin,
      Field{.help = "m: positives aim at 1 + m, negatives at -m; 0.25 to 0.4 in the paper",
            .min = 0,
            .max = 1});
    v("scale", scale, Field{.help = "gamma; 80 for retrieval, 256 for faces", .above = 0});
    v("document_weight", document_weight, document_weight_field());
  }
};

/// Circle loss: pairs weigh by how far they are from their aim.
///
/// \f$ d = \mathrm{mean}_i \log\left[1 + \sum_n e^{\gamma\alpha_n(s_{in} - m)} \sum_p
/// e^{-\gamma\alpha_p(s_{ip} - 1 + m)}\right],\quad \alpha_p = [1 + m - s_{ip}]_+,\ \alpha_n =
/// [s_{in} + m]_+ \f$, both without gradient.
///
/// Relations: with constant weights it is a softmax loss with a margin (`margin_softmax`).
/// positive_weights are not read.
/// Labels: all positives of a line at once; excluded pairs are left out; lines without a positive
/// or without a negative do not count.
/// log_q: has no meaning, not read. Statistics: accuracy. Numerics: in the type of the queries.
/// Distributed: none.
/// Source: Sun et al. 2020, arXiv:2002.10857, eq. 6 and 8.
std::unique_ptr<Loss> make_circle(const CircleOptions& options);

}  // namespace twinset
