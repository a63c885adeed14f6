#if defined(__x86_64__)
#define TWINSET_VECTOR_BYTES 64
#define TWINSET_BLOCK_ROWS 12
#include "framework/kernels/tile_loops_vector.h"

namespace twinset {

extern const TileLoops kAvx512TileLoops = make_tile_loops("avx512");

}  // namespace twinset
#endif
