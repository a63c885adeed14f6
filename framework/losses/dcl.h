#pragma once

#include "framework/losses/softmax_loss.h"

namespace twinset {

/// Options of `dcl`.
struct DclOptions {
  TemperatureOptions temperature;
  double document_weight = 0.5;
  double sigma = 0.0;

  template <class V>
  void visit(V&& v) {
    v("temperature", temperature, Field{});
    v("document_weight", document_weight, document_weight_field());
    v("sigma", sigma,
      Field{.help = "width of DCLW's weights of positives; 0: all 1 (DCL); the paper's DCLW: 0.5",
            .min = 0});
  }
};

/// Decoupled contrastive loss: the positive is not in the denominator.
///
/// \f$ d = \mathrm{mean}_i \sum_{p \in P(i)} \hat w_{ip} \left[-v_{ip}\,\ell_{ip} + \log\sum_{n \in
/// N(i)} e^{\ell_{in}}\right] \f$,
/// \f$\hat w\f$ = positive_weights, scaled to the sum 1 over a line's positives; v = 1 (DCL) or
/// \f$v_{ip} = 2 - |P|\,\mathrm{softmax}_P(s/\sigma)_{ip}\f$ over all positive pairs, with gradient
/// (DCLW); both directions as in SoftmaxLoss.
///
/// Also known as: DCLW (sigma = 0.5); Proxy-NCA (documents are the proxies: document_weight 0,
/// temperature 0.5 for its squared distances).
/// Relations: `info_nce` less the positive's part of its denominator,
/// \f$\log(1 + e^{\ell_{ip}} / \sum_n e^{\ell_{in}})\f$. The reference code for images also takes
/// two views of the same side as negatives; here only pairs of a query and a document are.
///
/// Labels: every positive pulls; excluded pairs and the other positives are left out; lines without
/// a positive or without a negative do not count. Unbounded below: let the temperature be fixed, or
/// clamp it.
/// log_q: rows, see SoftmaxLoss. Numerics: in the type of the queries. Distributed: none.
/// Source: Yeh et al. 2022, arXiv:2110.06848, eq. 4 to 6; Movshovitz-Attias et al. 2017,
/// arXiv:1703.07464, eq. 4.
std::unique_ptr<Loss> make_dcl(const DclOptions& options);

}  // namespace twinset
