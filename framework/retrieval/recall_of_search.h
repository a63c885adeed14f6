#pragma once

#include "framework/retrieval/index.h"

namespace twinset {

/// What approximate search loses: the share of the exact k best documents that `found` has among
/// its first k, mean over the queries; k is that of `exact`.
///
/// @throws ShapeError if the numbers of queries differ, or `found` has fewer than k places.
double recall_of_search(const SearchHits& found, const SearchHits& exact);

}  // namespace twinset
