#include "framework/retrieval/score_tile_kernel.h"

namespace twinset {

void score_tile_plain(const float* panel, const float* const* documents, int64_t dim,
                      float* scores) {
  score_tile<4, 2, 3>(panel, documents, dim, scores);
}

}  // namespace twinset
