// The embedded judge of topics: coherence and plausibility by counting. Phrasing is
// query_language.h's.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "experiments/pinlanding/records/intents.h"

namespace twinset::pinlanding {

/// How far attributes occur together beyond chance: pointwise mutual information of several events,
/// normalised to [-1, 1].
///
/// \f$ \frac{\log(P(t) / \prod_a P(a))}{-(n-1) \log P(t)} \f$: 1 if they only occur together, 0 if
/// they are independent (or on every product).
///
/// @param support  products with all of the attributes, at least 1
/// @param counts   products with each one, at least `support`
/// Source: Bouma 2009, GSCL; for n > 2 the specific correlation of Van de Cruys 2011, DiSCo.
double normalized_pmi(int64_t support, const std::vector<int64_t>& counts, int64_t num_products);

/// The share of the attributes that a title names: all words of the value
/// (eval/baselines/title_words.h) stand in it.
double named_share(const std::string& title, const std::vector<Attribute>& attributes);

/// How many searches a combination of attributes would get, also where the log has none for it.
///
/// \f$ E(t) = N\,P(c) \prod_{a \ne c} P(a|c), \quad P(a|c) = \frac{n_{ac} + \kappa P(a)}{n_c +
/// \kappa} \f$ over search volume: attributes are asked for independently given the first attribute
/// c, and rare pairs lean on the attribute's own share.
class DemandModel {
 public:
  /// @param back_off  kappa, in searches
  DemandModel(const std::vector<Intent>& log, double back_off);
  /// @param attributes  the category first
  double expected_searches(const std::vector<Attribute>& attributes) const;

 private:
  double back_off_;
  double total_ = 0;
  std::map<std::string, double> volume_;                            // by phrase
  std::map<std::pair<std::string, std::string>, double> together_;  // by two phrases, both orders
};

}  // namespace twinset::pinlanding
