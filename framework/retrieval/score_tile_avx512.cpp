#include "framework/retrieval/score_tile_kernel.h"

namespace twinset {

void score_tile_avx512(const float* panel, const float* const* documents, int64_t dim,
                       float* scores) {
  score_tile<16, 2, 12>(panel, documents, dim, scores);
}

}  // namespace twinset
