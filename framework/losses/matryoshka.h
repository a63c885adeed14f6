#pragma once

#include <memory>

#include "framework/losses/loss.h"

namespace twinset {

/// Options of `matryoshka`.
struct MatryoshkaOptions {
  std::vector<int64_t> dims;
  std::vector<double> weights;
  Node loss = default_loss();

  template <class V>
  void visit(V&& v) {
    v("dims", dims,
      Field{.help = "leading dimensions that are good embeddings too; empty: D, D/2, D/4 .. 8",
            .min = 1});
    v("weights", weights, Field{.help = "one a dimension; empty: all 1", .min = 0});
    v("loss", loss, Field{.help = "the loss at each dimension, by name, with its options"});
  }
  void check_parts(const LossRegistry& registry, const std::string& path) const {
    registry.check_part(loss, path + ".loss");
  }
  static Node default_loss();
};

/// Matryoshka: the same loss on the first m dimensions of the embeddings, for several m.
///
/// \f$ L = \sum_m c_m\, \ell\left(\frac{u_{:m}}{\|u_{:m}\|}, \frac{v_{:m}}{\|v_{:m}\|}\right) \f$;
/// one loss, whose temperature all m share.
///
/// Also known as: MRL. Relations: one dimension, D: the loss itself.
/// Labels, log_q, weights, teacher: as the loss takes them. Statistics: those of the loss at the
/// largest m; loss_M of each m.
/// @throws ShapeError if a dimension is above D
/// Source: Kusupati et al. 2022, arXiv:2205.13147, eq. 1.
std::unique_ptr<Loss> make_matryoshka(const MatryoshkaOptions& options,
                                      const LossRegistry& registry, const std::string& path);

}  // namespace twinset
