#pragma once

#include "framework/losses/softmax_loss.h"

namespace twinset {

/// Options of `soft_target`.
struct SoftTargetOptions {
  TemperatureOptions temperature;
  double document_weight = 0.5;
  double smoothing = 0.0;

  template <class V>
  void visit(V&& v) {
    v("temperature", temperature, Field{});
    v("document_weight", document_weight, document_weight_field());
    v("smoothing", smoothing,
      Field{
          .help =
              "share of the target that is spread over all candidates of a line (label smoothing)",
          .min = 0,
          .max = 1});
  }
};

/// Soft-target cross-entropy: the target of a line is a distribution over its candidates.
///
/// \f$ d = \mathrm{mean}_i -\sum_{j \notin E(i)} T_{ij} \log\mathrm{softmax}(\ell_i)_j, \quad
/// T_{ij} = (1-\varepsilon)\,\hat w_{ij} + \varepsilon / |\{j \notin E(i)\}| \f$ with \f$\hat w\f$
/// = positive_weights, scaled to the sum 1 over a line's positives (0 for other pairs); both
/// directions as in SoftmaxLoss.
///
/// Also known as: label smoothing (smoothing > 0).
/// Relations: `sup_con` with equal weights and no smoothing; `distillation` takes T from a teacher,
/// `cwcl` from similarities.
///
/// Labels: every positive pulls by its share; excluded pairs are left out of target and softmax;
/// lines without a positive do not count.
/// log_q: rows, see SoftmaxLoss. Numerics: in the type of the queries. Distributed: none.
/// Source: Szegedy et al. 2016, arXiv:1512.00567, section 7 (smoothing).
std::unique_ptr<Loss> make_soft_target(const SoftTargetOptions& options);

}  // namespace twinset
