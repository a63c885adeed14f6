#pragma once

#include "framework/losses/softmax_loss.h"

namespace twinset {

/// Options of `gcl`.
struct GclOptions {
  TemperatureOptions temperature;
  double document_weight = 0.5;

  template <class V>
  void visit(V&& v) {
    v("temperature", temperature, Field{});
    v("document_weight", document_weight, document_weight_field());
  }
};

/// Generalised contrastive learning: cross-entropy of each pair, weighted by how relevant the pair
/// is.
///
/// \f$ d = \frac{1}{\sum_P w_{ip}} \sum_{(i,p) \in P} w_{ip}
/// \left[-\log\frac{e^{\ell_{ip}}}{e^{\ell_{ip}} + \sum_{n \in N(i)} e^{\ell_{in}}}\right] \f$ with
/// w = positive_weights, such as a function of a product's rank for a query; both directions as in
/// SoftmaxLoss.
///
/// Relations: `info_nce` with equal weights and one positive a row and a column; `multi_positive`
/// gives every line the same weight.
///
/// Labels: every positive pulls by its weight, so that a row with many or relevant ones counts
/// more; excluded pairs and the other positives are left out of the denominator; lines without a
/// positive add nothing.
/// log_q: rows, see SoftmaxLoss. Numerics: in the type of the queries. Distributed: none.
/// @throws ShapeError if the candidates carry no positive_weights
/// Source: Zhu et al. 2024, arXiv:2404.08535, section 3.
std::unique_ptr<Loss> make_gcl(const GclOptions& options);

}  // namespace twinset
