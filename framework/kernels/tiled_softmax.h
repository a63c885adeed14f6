#pragma once

#include <cstdint>
#include <vector>

#include "framework/kernels/tiled_loss.h"

namespace twinset {

/// InfoNCE with one target a query, both directions in one sweep; the formula of losses/info_nce.h.
///
/// Forward: one sweep over the tiles keeps a running log-sum-exp of rows and of columns. Backward:
/// each tile is computed again and multiplied into both gradients while it is in the cache. 4
/// products of 2 B N D operations in all; memory O((B + N) D).
///
/// @param targets          [B] column of each row's target, one of its positives; -1: none. Other
///                         positives are no negatives.
/// @param document_weight  share of the document-to-query direction, in [0, 1]
/// @return mean over the rows that have a target (0 without any); accuracy: the share of targets
/// above all negatives
/// Numerics: float32 products and exponentials (at most 2 units in the last place wrong), float64
/// sums over tiles; the same numbers for any number of threads. On a GPU: tensor cores with float32
/// sums; bfloat16, or float32 as two tf32 (22 bits) and backward as three bfloat16 (24 bits): with
/// 8,192 pairs a row gradients are within 1e-5 of the largest. bfloat16's gradients of pairs are
/// rounded to it before they are multiplied, the temperature's takes them unrounded. The same
/// numbers in every run.
/// Source of the tiling: Cheng et al. 2024, arXiv:2410.17243, section 3.2.
TiledLoss tiled_info_nce(const TiledBatch& batch, const std::vector<int64_t>& targets,
                         double document_weight);

/// SupCon-out, every positive of a query at once; the formula of losses/sup_con.h. Cost, numerics,
/// source: as `tiled_info_nce`.
///
/// @return the mean over lines that have a positive (0 without any); accuracy: the share of such
/// rows whose best candidate is positive
TiledLoss tiled_sup_con(const TiledBatch& batch, double document_weight);

}  // namespace twinset
