#pragma once

#include "framework/negatives/negatives.h"

namespace twinset {

/// One true document a query, drawn uniformly and keyed by (seed, epoch, sample): [B] document ids, -1 for a query
/// without any.
std::vector<int64_t> sample_positives(const NegativesRequest& request);

}  // namespace twinset
