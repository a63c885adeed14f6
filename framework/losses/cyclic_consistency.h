#pragma once

#include <memory>

#include "framework/losses/loss.h"

namespace twinset {

/// Options of `cyclic_consistency`.
struct CyclicConsistencyOptions {
  double in_modal_weight = 0.25;
  double cross_modal_weight = 0.25;

  template <class V>
  void visit(V&& v) {
    v("in_modal_weight", in_modal_weight,
      Field{.help = "of query-query against document-document cosines", .min = 0});
    v("cross_modal_weight", cross_modal_weight,
      Field{.help = "of the cosine of (i, j) against that of (j, i)", .min = 0});
  }
};

/// Cyclic consistency, a regulariser: matched pairs should see each other alike from both sides.
///
/// \f$ L = \frac1R\sum_{ij} \lambda_1\left(\langle u_i,u_j\rangle - \langle v_i,v_j\rangle\right)^2
/// + \lambda_2\left(\langle u_i,v_j\rangle - \langle u_j,v_i\rangle\right)^2 \f$ over the R rows
/// with a target, u_i the query, v_i the target's embedding.
///
/// Also known as: CyCLIP's consistency terms; loss=cyclip adds `info_nce`.
/// Labels: only targets are read: of several positives the sampled one, and excluded pairs have no
/// meaning. Without a target: 0.
/// log_q: has no meaning, not read. Statistics: none. Numerics: in the type of the queries.
/// Distributed: none.
/// Source: Goel et al. 2022, arXiv:2205.14459, eq. 3 and 4 (weights: as in its code, mean over
/// pairs times the batch).
std::unique_ptr<Loss> make_cyclic_consistency(const CyclicConsistencyOptions& options);

}  // namespace twinset
