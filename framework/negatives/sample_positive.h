#pragma once

#include "framework/negatives/negatives.h"

namespace twinset {

/// One true document a query, drawn uniformly and keyed by (seed, epoch, sample): [B] document ids,
/// -1 for a query without any.
std::vector<int64_t> sample_positives(const NegativesRequest& request);

/// The law of those draws: [V] probability that a query drawn uniformly from the table's rows draws
/// the document,
/// \f$ p_j = \frac{1}{n}\sum_{i: j \in L_i} 1/|L_i| \f$.
std::vector<double> draw_probabilities(const SparsePairs& labels);

}  // namespace twinset
