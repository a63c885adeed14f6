#pragma once

#include "framework/losses/softmax_loss.h"

namespace twinset {

/// Options of `margin_softmax`.
struct MarginSoftmaxOptions {
  TemperatureOptions temperature{.initial = 1.0 / 64, .is_learnable = false};
  double document_weight = 0.0;
  double angular_margin = 0.5;
  double cosine_margin = 0.0;

  template <class V>
  void visit(V&& v) {
    v("temperature", temperature, Field{});
    v("document_weight", document_weight, document_weight_field());
    v("angular_margin", angular_margin,
      Field{.help = "added to the angle of a positive pair",
            .unit = "radians",
            .min = 0,
            .max = 1.57});
    v("cosine_margin", cosine_margin,
      Field{.help = "taken from the cosine of a positive pair", .min = 0, .max = 2});
  }
};

/// Softmax with a margin on the positive: it must win by an angle, or by a cosine.
///
/// \f$ d = \mathrm{mean}_i \sum_{p} \hat w_{ip}\left[-\log\frac{e^{m_{ip}}}{e^{m_{ip}} + \sum_{n
/// \in N(i)} e^{\ell_{in}}}\right],\quad m_{ip} = \ell_{ip} + \frac{\cos(\theta_{ip} + a) -
/// \cos\theta_{ip} - c}{\tau} \f$ with angular margin a, cosine margin c; where \f$\theta + a >
/// \pi\f$, \f$\cos(\theta + a)\f$ goes on as \f$\cos\theta - a \sin a\f$.
///
/// Also known as: ArcFace (a = 0.5, temperature 1/64), CosFace (c = 0.35, a = 0). The documents are
/// the proxies of classes.
/// Relations: without margins `multi_positive`.
///
/// Labels: every positive pulls by its positive_weights, scaled to the sum 1 over a line; excluded
/// pairs and the other positives are left out; lines without a positive do not count.
/// log_q: rows, see SoftmaxLoss. Numerics: in the type of the queries. Distributed: none.
/// Source: Deng et al. 2019, arXiv:1801.07698, eq. 3 and 4; Wang et al. 2018, arXiv:1801.09414, eq.
/// 4.
std::unique_ptr<Loss> make_margin_softmax(const MarginSoftmaxOptions& options);

}  // namespace twinset
