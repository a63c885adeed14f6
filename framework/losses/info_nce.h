#pragma once

#include <memory>
#include <string>

#include "framework/losses/loss.h"
#include "framework/losses/similarity_kernel.h"
#include "framework/losses/temperature.h"

namespace twinset {

/// Options of `info_nce`.
struct InfoNceOptions {
  TemperatureOptions temperature;
  double document_weight = 0.5;
  std::string kernel = "auto";

  template <class V>
  void visit(V&& v) {
    v("temperature", temperature, Field{});
    v("document_weight", document_weight,
      Field{.help = "share of the document-to-query direction; 0.5 is CLIP's symmetric loss",
            .min = 0,
            .max = 1});
    v("kernel", kernel, kernel_field());
  }
};

/// InfoNCE with one target a query: softmax cross-entropy against its negatives, in both
/// directions.
///
/// \f$ L = (1-w)\,\frac{1}{R}\sum_i -\log\frac{e^{\ell_{it_i}}}{e^{\ell_{it_i}} + \sum_{j \in N(i)}
/// e^{\ell_{ij}}} + w\,\frac{1}{R}\sum_i -\log\frac{e^{\ell_{it_i}}}{e^{\ell_{it_i}} + \sum_{k: t_i
/// \in N(k)} e^{\ell_{kt_i}}} \f$ with \f$\ell = s/\tau\f$, target t_i, negatives N(i) = neither
/// positive nor excluded, R rows that have a target.
///
/// Also known as: NT-Xent, multiple-negatives ranking loss, CLIP's loss (targets on the diagonal,
/// no other positive known).
/// Relations: `sup_con` uses every positive at once; with one positive a row and a column the two
/// are equal.
///
/// log_q is taken from a row's logits (from its negatives alone unless corrects_positives); a
/// column compares queries and has none.
/// Statistics: temperature; accuracy, the share of targets that beat all their negatives.
/// Numerics: `kernel` tiled: kernels/tiled_softmax.h; dense: softmax in the type of the queries
/// (float32 when training). Distributed: none.
/// Source: van den Oord et al. 2018, arXiv:1807.03748, eq. 4; Radford et al. 2021,
/// arXiv:2103.00020, figure 3.
std::unique_ptr<Loss> make_info_nce(const InfoNceOptions& options);

}  // namespace twinset
