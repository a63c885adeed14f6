// What a missing label means: a model that describes products leaves out most of what is true.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "framework/core/sparse_pairs.h"

namespace twinset::pinlanding {

/// Weights of the pairs of a product with the attributes of a family that it has no label of; its
/// labels weigh 1.
///
/// "all": 1, a missing label is a false pair. "labelled": 1 if the product has some label of the
/// family, else 0: nothing is known. "applicable": as labelled, but a product without a label of
/// the family may also be one that the family does not apply to (a skirt has no sleeves). In a
/// group (category) c a share r_c of the products is labelled; where the family applies, it is
/// labelled with probability \f$ v = \max_c r_c \f$, so it applies to a share \f$ p_c = r_c / v \f$
/// of the group. An unlabelled product then weighs \f$ v (1 - p_c) / (1 - p_c v) \f$: the
/// probability that the family does not apply to it, times v, since each labelled product stands
/// for 1 / v that it applies to. Assumes that labels are missing at random where the family applies
/// (Elkan and Noto 2008).
class LabelWeights {
 public:
  /// @param labels     [N, V] of the products that rates are learned from
  /// @param groups     [N] group of each, -1 for none (a group of its own)
  /// @param family_of  [V]
  LabelWeights(const std::string& kind, const SparsePairs& labels,
               const std::vector<int64_t>& groups, const std::vector<int64_t>& family_of,
               int64_t num_families);

  /// The weight of an unlabelled pair. @param is_labelled  the product has some label of the family
  double unlabelled(int64_t family, int64_t group, bool is_labelled) const;

 private:
  enum class Kind { kAll, kLabelled, kApplicable } kind_ = Kind::kAll;
  std::vector<std::vector<double>> weights_;  ///< [families][groups + 1]
};

}  // namespace twinset::pinlanding
