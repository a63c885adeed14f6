#pragma once

#include "framework/losses/softmax_loss.h"

namespace twinset {

/// Options of `multi_positive`.
struct MultiPositiveOptions {
  TemperatureOptions temperature;
  double document_weight = 0.5;

  template <class V>
  void visit(V&& v) {
    v("temperature", temperature, Field{});
    v("document_weight", document_weight, document_weight_field());
  }
};

/// Every positive against the negatives alone: the other positives of a line are not in its
/// denominator.
///
/// \f$ d = \mathrm{mean}_i \sum_{p \in P(i)} \hat w_{ip}
/// \left[-\log\frac{e^{\ell_{ip}}}{e^{\ell_{ip}} + \sum_{n \in N(i)} e^{\ell_{in}}}\right]
/// \f$ with \f$\hat w\f$ = positive_weights, scaled to the sum 1 over a line's positives; both
/// directions as in SoftmaxLoss.
///
/// Also known as: SupCon with decoupled positives.
/// Relations: `info_nce` with one positive a row and a column; `sup_con` keeps the other positives
/// in the denominator; `gcl` does not scale the weights to each line.
///
/// Labels: every positive pulls; excluded pairs are left out; lines without a positive do not
/// count.
/// log_q: rows, see SoftmaxLoss. Numerics: in the type of the queries. Distributed: none.
/// Source: Khosla et al. 2020, arXiv:2004.11362, eq. 2, with the other positives taken out of A(i).
std::unique_ptr<Loss> make_multi_positive(const MultiPositiveOptions& options);

}  // namespace twinset
