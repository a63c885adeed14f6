#pragma once

#include <string>
#include <vector>

#include "framework/negatives/candidates.h"

namespace twinset {

/// What a known true pair is that was not the one drawn.
enum class KnownPositives { kPositive, kExcluded, kNegative };

/// "positive", "excluded" or "negative".
KnownPositives parse_known_positives(const std::string& name);

/// Fills positives, excluded and targets of candidates whose `documents` [N] are known, from the
/// label table.
///
/// The pair (i, j) is true if labels row i holds documents[j]. The target of row i is the first
/// column of its drawn document. Every other true pair is positive, excluded, or negative (the
/// false negatives of plain CLIP), as `known` says. All other pairs are negative. Time: O(true
/// pairs x log N).
///
/// @param labels            [B, V]
/// @param drawn             [B] the document drawn for each query, or -1
/// @param column_per_query columns are the drawn documents, one a query that has any, in order,
/// repeats kept: a row's target
///                          is its own column
void classify_pairs(const SparsePairs& labels, const std::vector<int64_t>& drawn,
                    KnownPositives known, bool column_per_query, Candidates& candidates);

}  // namespace twinset
