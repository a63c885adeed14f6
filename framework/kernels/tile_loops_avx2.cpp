#if defined(__x86_64__)
#define TWINSET_VECTOR_BYTES 32
#define TWINSET_BLOCK_ROWS 6
#include "framework/kernels/tile_loops_vector.h"

namespace twinset {

extern const TileLoops kAvx2TileLoops = make_tile_loops("avx2");

}  // namespace twinset
#endif
