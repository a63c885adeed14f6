#pragma once

#include <memory>

#include "framework/encoders/encoder.h"

namespace twinset {

/// Options of `token_mean`.
struct TokenMeanOptions {
  double init_deviation = 0.02;

  template <class V>
  void visit(V&& v) {
    v("init_deviation", init_deviation,
      Field{.help = "standard deviation of the first embeddings", .above = 0});
  }
};

/// The cheap text encoder: the mean of the tokens' embeddings, padding excluded; no order, no
/// projection.
///
/// \f$ f = \frac{1}{n}\sum_{t: id_t \ne 0} E_{id_t} \f$; start and end count as tokens, as in the
/// EmbeddingBag it equals.
///
/// @throws ConfigError if the context names no vocabulary or length
/// @throws ShapeError  (forward) if tokens are not [B, L] int64 with L up to the context length
/// Source: Joulin et al. 2016, arXiv:1607.01759, section 2.
std::unique_ptr<Encoder> make_token_mean(const TokenMeanOptions& options,
                                         const EncoderContext& context);

}  // namespace twinset
