#pragma once

#include "framework/losses/softmax_loss.h"

namespace twinset {

/// Options of `cwcl`.
struct CwclOptions {
  TemperatureOptions temperature;
  double document_weight = 0.0;

  template <class V>
  void visit(V&& v) {
    v("temperature", temperature, Field{});
    v("document_weight", document_weight, document_weight_field());
  }
};

/// Continuously weighted contrastive loss: every candidate is a positive as far as a frozen model
/// finds it similar.
///
/// \f$ d = \mathrm{mean}_i \frac{-1}{\sum_j w_{ij}} \sum_j w_{ij}
/// \log\mathrm{softmax}(\ell_i)_j,\quad w_{ij} = \tfrac12\left(1 + \langle t_i, t_j \rangle\right)
/// \f$ over pairs that are not excluded. t_i is the query's teacher embedding. t_j is the
/// document's; where the teacher knows the queries alone, the mean of those of the document's
/// positive queries (0 weight without one), which is the paper's in-batch form where every document
/// has one query.
///
/// Relations: `soft_target` takes its targets from labels, `distillation` from a teacher's softmax.
///
/// Labels: positives matter only where a document's teacher embedding is made of its queries';
/// excluded pairs are left out; a line whose weights are all 0 does not count. The paper's total is
/// this at document_weight 0 plus `info_nce` at document_weight 1.
/// log_q: rows, see SoftmaxLoss. Numerics: in the type of the queries. Distributed: none.
/// @throws ShapeError if the candidates carry no teacher
/// Source: Srinivasa et al. 2023, arXiv:2309.14580, eq. 3 and 4.
std::unique_ptr<Loss> make_cwcl(const CwclOptions& options);

}  // namespace twinset
