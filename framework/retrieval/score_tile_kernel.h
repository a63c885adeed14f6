// The body of the score_tile_* functions, compiled once an instruction set. Nothing from the
// standard library: an inline function of it, compiled here for AVX-512, could be the copy that the
// linker keeps for everybody.
#pragma once

#include "framework/retrieval/score_tile.h"

namespace twinset {
namespace {

// `lanes` floats a vector, `vectors` of them side by side, `rows` documents at a time: rows x
// vectors sums stay in registers.
template <int lanes, int vectors, int rows>
inline void score_tile(const float* panel, const float* const* documents, long dim, float* scores) {
  typedef float Vector
      __attribute__((vector_size(lanes * sizeof(float)), aligned(sizeof(float)), may_alias));
  for (long first_row = 0; first_row < kTileDocuments; first_row += rows) {
    for (long first_lane = 0; first_lane < kPanelQueries; first_lane += lanes * vectors) {
      const float* document[rows];
      for (int i = 0; i < rows; ++i) document[i] = documents[first_row + i];
      Vector sums[rows][vectors] = {};
      const float* queries = panel + first_lane;
      for (long d = 0; d < dim; ++d, queries += kPanelQueries) {
        Vector query[vectors];
        for (int j = 0; j < vectors; ++j)
          query[j] = *reinterpret_cast<const Vector*>(queries + j * lanes);
        for (int i = 0; i < rows; ++i) {
          for (int j = 0; j < vectors; ++j) sums[i][j] += query[j] * document[i][d];
        }
      }
      for (int i = 0; i < rows; ++i) {
        for (int j = 0; j < vectors; ++j) {
          float* out = scores + (first_row + i) * kPanelQueries + first_lane + j * lanes;
          *reinterpret_cast<Vector*>(out) = sums[i][j];
        }
      }
    }
  }
}

}  // namespace
}  // namespace twinset
