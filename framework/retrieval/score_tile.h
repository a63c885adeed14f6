// The inner loop of exact search: a tile of scores of some documents with a panel of queries.
#pragma once

#include <cstdint>

namespace twinset {

/// Queries side by side in a panel, and documents a tile.
inline constexpr int64_t kPanelQueries = 32;
inline constexpr int64_t kTileDocuments = 12;

/// scores[i][j] = sum over d of documents[i][d] * panel[d][j], in float32.
///
/// The terms are added in the order of d, one fused multiply-add each, whatever the vector width: a
/// score depends on the two rows alone, never on their place in a block, so equal documents have
/// equal scores and ties are true ties. (A processor without FMA rounds twice a term: other last
/// bits, the same property.)
///
/// @param panel      [dim, kPanelQueries]
/// @param documents  kTileDocuments pointers to rows of `dim` values
/// @param scores     [kTileDocuments, kPanelQueries]
using ScoreTile = void (*)(const float* panel, const float* const* documents, int64_t dim,
                           float* scores);

void score_tile_plain(const float* panel, const float* const* documents, int64_t dim,
                      float* scores);
void score_tile_avx2(const float* panel, const float* const* documents, int64_t dim, float* scores);
void score_tile_avx512(const float* panel, const float* const* documents, int64_t dim,
                       float* scores);

/// The fastest one that this processor runs.
ScoreTile best_score_tile();

}  // namespace twinset
