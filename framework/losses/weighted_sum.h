#pragma once

#include <memory>

#include "framework/losses/loss.h"

namespace twinset {

/// Options of `weighted_sum`.
struct WeightedSumOptions {
  Node parts = default_parts();
  Node weights = Node::map();

  template <class V>
  void visit(V&& v) {
    v("parts", parts,
      Field{.help = "losses by a name of their own: parts.clip={name: info_nce, ...}"});
    v("weights", weights,
      Field{.help = "by the same names: weights.clip=0.5; 1 where nothing is said"});
  }
  /// @throws ConfigError naming the part that is wrong
  void check_parts(const LossRegistry& registry, const std::string& path) const;
  static Node default_parts();
};

/// A weighted sum of losses.
///
/// \f$ L = \sum_k \lambda_k L_k \f$. Parts keep their own parameters and statistics, as PART.NAME,
/// and PART.loss, their unweighted values.
///
/// In YAML, parts come from the group itself: `defaults: [{/loss@parts.clip: info_nce},
/// {/loss@parts.koleo: koleo}, _self_]`.
/// The temperature at scoring time is that of the first part that has one.
/// Labels, log_q, weights, teacher: as each part takes them. Errors: whatever a part throws.
std::unique_ptr<Loss> make_weighted_sum(const WeightedSumOptions& options,
                                        const LossRegistry& registry, const std::string& path);

}  // namespace twinset
