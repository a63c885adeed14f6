#include "framework/retrieval/score_tile_kernel.h"

namespace twinset {

void score_tile_avx2(const float* panel, const float* const* documents, int64_t dim,
                     float* scores) {
  score_tile<8, 2, 6>(panel, documents, dim, scores);
}

}  // namespace twinset
