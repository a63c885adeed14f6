#pragma once

#include <memory>
#include <string>

#include "framework/losses/loss.h"
#include "framework/losses/similarity_kernel.h"
#include "framework/losses/temperature.h"

namespace twinset {

/// Options of `sup_con`.
struct SupConOptions {
  TemperatureOptions temperature;
  double document_weight = 0.5;
  std::string kernel = "auto";

  template <class V>
  void visit(V&& v) {
    v("temperature", temperature, Field{});
    v("document_weight", document_weight,
      Field{.help = "share of the document-to-query direction", .min = 0, .max = 1});
    v("kernel", kernel, kernel_field());
  }
};

/// Supervised contrastive loss, the mean outside the logarithm: every positive of a query at once.
///
/// \f$ L = (1-w)\,\mathrm{mean}_i \frac{-1}{|P(i)|}\sum_{p \in P(i)} \left[\ell_{ip} - \log\sum_{a
/// \notin E(i)} e^{\ell_{ia}}\right] + w\,(\text{the same over columns}) \f$ with \f$\ell =
/// s/\tau\f$, positives P, excluded E; rows (and columns) without a positive do not count in the
/// mean.
///
/// Also known as: SupCon-out, multi-positive InfoNCE; UniCL when labels are classes; soft-target
/// cross-entropy with row-normalised targets.
/// Relations: `info_nce` with one positive a row and a column.
///
/// log_q is taken from a row's logits (from its negatives alone unless corrects_positives); a
/// column compares queries and has none.
/// Statistics: temperature; accuracy, the share of rows whose best candidate is positive.
/// Numerics: `kernel` tiled: kernels/tiled_softmax.h; dense: softmax in the type of the queries.
/// Distributed: none.
/// Source: Khosla et al. 2020, arXiv:2004.11362, eq. 2.
std::unique_ptr<Loss> make_sup_con(const SupConOptions& options);

}  // namespace twinset
