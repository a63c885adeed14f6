#pragma once

#include "framework/losses/softmax_loss.h"

namespace twinset {

/// Options of `hcl`.
struct HclOptions {
  TemperatureOptions temperature;
  double document_weight = 0.5;
  double hardness = 1.0;
  double positive_prior = 0.1;

  template <class V>
  void visit(V&& v) {
    v("temperature", temperature, Field{});
    v("document_weight", document_weight, document_weight_field());
    v("hardness", hardness,
      Field{.help = "beta: how much harder negatives count more; 0: all alike (debiased loss)",
            .min = 0});
    v("positive_prior", positive_prior,
      Field{.help = "tau+: share of unknown positives among the negatives; 0: none",
            .min = 0,
            .max = 0.99});
  }
};

/// Hard-negative contrastive loss: harder negatives weigh more, and the unknown positives among
/// them are subtracted.
///
/// \f$ d = \mathrm{mean}_i \sum_{p} \hat w_{ip}\left[-\log\frac{e^{\ell_{ip}}}{e^{\ell_{ip}} +
/// G_{ip}}\right],\quad G_{ip} = \max\left\{\frac{1}{1-\tau^+}\left(\frac{K_i \sum_n
/// e^{(1+\beta)\ell_{in}}}{\sum_n e^{\beta\ell_{in}}} - \tau^+ K_i e^{\ell_{ip}}\right), K_i
/// e^{-1/\tau}\right\} \f$
/// over the K_i negatives of a line, \f$\hat w\f$ = positive_weights scaled to the sum 1 over a
/// line; both directions as in SoftmaxLoss.
///
/// Also known as: HCL, hard negative weighting; debiased contrastive loss (hardness 0).
/// Relations: hardness 0 and positive_prior 0: `multi_positive`, and so `info_nce` with one
/// positive a row and a column.
///
/// Labels: every positive pulls; excluded pairs and the other positives are left out; lines without
/// a positive or without a negative do not count. Known positives are masked already, so
/// positive_prior means the ones that the labels miss.
/// log_q: rows, see SoftmaxLoss. Numerics: in the type of the queries, by logarithms. Distributed:
/// none.
/// Source: Robinson et al. 2021, arXiv:2010.04592, eq. 4; Chuang et al. 2020, arXiv:2007.00224, eq.
/// 8.
std::unique_ptr<Loss> make_hcl(const HclOptions& options);

}  // namespace twinset
