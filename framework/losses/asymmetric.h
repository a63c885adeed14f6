#pragma once

#include "framework/losses/loss.h"
#include "framework/losses/temperature.h"

namespace twinset {

/// Options of `asymmetric`.
struct AsymmetricOptions {
  TemperatureOptions temperature{.initial = 0.1};
  double bias = -3.0;
  double gamma_positive = 0.0;
  double gamma_negative = 4.0;
  double clip = 0.05;

  template <class V>
  void visit(V&& v) {
    v("temperature", temperature, Field{});
    v("bias", bias,
      Field{.help = "added to each logit, trained; start near the log odds of a positive pair"});
    v("gamma_positive", gamma_positive,
      Field{.help = "focusing of positives: (1 - p)^gamma", .min = 0});
    v("gamma_negative", gamma_negative,
      Field{.help = "focusing of negatives: p^gamma; 0, or at least 1", .min = 0});
    v("clip", clip,
      Field{.help = "taken from a negative's probability, so that easy ones count nothing",
            .min = 0,
            .max = 1});
  }
};

/// Asymmetric loss: a binary decision for every pair, in which easy negatives fade.
///
/// \f$ L = -\frac1B\sum_{ij \notin E} y_{ij}(1-p_{ij})^{\gamma_+}\log p_{ij} + (1-y_{ij})\,\tilde
/// p_{ij}^{\gamma_-}\log(1-\tilde p_{ij}),\quad p = \sigma(s/\tau + b),\ \tilde p = \max(p - c, 0)
/// \f$, with gradient through the focusing.
///
/// Also known as: binary cross-entropy (both gammas and clip 0; over all attributes with
/// negatives=full_vocabulary), focal loss (equal gammas).
/// Relations: `sigmoid` with both gammas and clip 0. positive_weights multiply a positive's term.
///
/// Labels: every known positive has y = 1; excluded pairs are left out; a row without a positive
/// still has its negatives.
/// log_q: has no meaning (each pair is judged alone), not read. Statistics: temperature, bias.
/// Numerics: in the type of the queries, log sigmoids. Distributed: none.
/// Source: Ridnik et al. 2021, arXiv:2009.14119, eq. 4 to 7.
std::unique_ptr<Loss> make_asymmetric(const AsymmetricOptions& options);

}  // namespace twinset
