#pragma once

#include "framework/losses/softmax_loss.h"

namespace twinset {

/// Options of `sup_con_in`.
struct SupConInOptions {
  TemperatureOptions temperature;
  double document_weight = 0.5;

  template <class V>
  void visit(V&& v) {
    v("temperature", temperature, Field{});
    v("document_weight", document_weight, document_weight_field());
  }
};

/// Supervised contrastive loss, the sum inside the logarithm: the positives of a line share one
/// probability.
///
/// \f$ d = \mathrm{mean}_i -\log\frac{\sum_{p \in P(i)} w_{ip} e^{\ell_{ip}}}{\sum_{n \in N(i)}
/// e^{\ell_{in}} + \sum_{p \in P(i)} w_{ip} e^{\ell_{ip}}} \f$ with w = positive_weights (1 if
/// there are none); both directions as in SoftmaxLoss.
///
/// Also known as: SupCon-in (up to a constant log |P(i)|), MIL-NCE.
/// Relations: `sup_con` pulls every positive, this one is content with the best; equal with one
/// positive a line.
///
/// Labels: the positives of a line are one bag; excluded pairs are left out; lines without a
/// positive do not count.
/// log_q: rows, see SoftmaxLoss. Numerics: in the type of the queries. Distributed: none.
/// Source: Miech et al. 2020, arXiv:1912.06430, eq. 1; Khosla et al. 2020, arXiv:2004.11362, eq. 3.
std::unique_ptr<Loss> make_sup_con_in(const SupConInOptions& options);

}  // namespace twinset
