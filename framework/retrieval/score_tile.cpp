#include "framework/retrieval/score_tile.h"

namespace twinset {

ScoreTile best_score_tile() {
  if (__builtin_cpu_supports("avx512f")) return score_tile_avx512;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return score_tile_avx2;
  return score_tile_plain;
}

}  // namespace twinset
