#pragma once

#include <memory>

#include "framework/losses/loss.h"

namespace twinset {

/// Options of `embedding_mse`.
struct EmbeddingMseOptions {
  double document_weight = 0.0;

  template <class V>
  void visit(V&& v) {
    v("document_weight", document_weight,
      Field{.help = "share of the documents' embeddings; above 0 the teacher must know them",
            .min = 0,
            .max = 1});
  }
};

/// Distillation of embeddings: the mean squared difference from the teacher's.
///
/// \f$ L = (1-w)\,\frac{1}{BD}\sum_{id}(u_{id} - t_{id})^2 + w\,\frac{1}{ND}\sum_{jd}(v_{jd} -
/// t_{jd})^2 \f$, for unit vectors \f$(2 - 2\cos)/D\f$.
///
/// Relations: `distillation` matches softmaxes and needs no common width.
/// Labels: positives, excluded pairs and log_q have no meaning here and are not read. Statistics:
/// teacher_cosine, the mean cosine of queries and teacher. Numerics: in the type of the queries.
/// Distributed: none.
/// @throws ShapeError if the candidates carry no teacher, or one of another width
/// Source: Reimers and Gurevych 2020, arXiv:2004.09813, eq. 1 (one side).
std::unique_ptr<Loss> make_embedding_mse(const EmbeddingMseOptions& options);

}  // namespace twinset
