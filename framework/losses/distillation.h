#pragma once

#include "framework/losses/softmax_loss.h"

namespace twinset {

/// Options of `distillation`.
struct DistillationOptions {
  TemperatureOptions temperature;
  double document_weight = 0.5;
  double teacher_temperature = 0.07;

  template <class V>
  void visit(V&& v) {
    v("temperature", temperature, Field{});
    v("document_weight", document_weight, document_weight_field());
    v("teacher_temperature", teacher_temperature,
      Field{.help = "divides the teacher's cosines; its own is meta.json's 1 / scale", .above = 0});
  }
};

/// Distillation of soft logits: cross-entropy of the student's softmax with the teacher's.
///
/// \f$ d = \mathrm{mean}_i -\sum_{j \notin E(i)} \mathrm{softmax}(\ell^T_i)_j
/// \log\mathrm{softmax}(\ell_i)_j,\quad \ell^T_{ij} = \langle t_i, t_j \rangle / \tau_T \f$; both
/// directions as in SoftmaxLoss.
///
/// Also known as: CLIP distillation (DistillClipLoss), soft-label KL divergence up to the teacher's
/// entropy.
/// Relations: `embedding_mse` matches embeddings, `cwcl` weights by similarity without a softmax.
/// Usually a part of a `weighted_sum`.
///
/// Labels: positives are not read; excluded pairs are left out of both softmaxes; a line that is
/// all excluded does not count.
/// log_q: rows, from both the student's and the teacher's logits, so that both mean the same
/// sampled softmax.
/// Numerics: in the type of the queries. Distributed: none.
/// @throws ShapeError if the candidates carry no teacher of both sides
/// Source: Hinton et al. 2015, arXiv:1503.02531, section 2; open_clip's DistillClipLoss.
std::unique_ptr<Loss> make_distillation(const DistillationOptions& options);

}  // namespace twinset
