#define TWINSET_VECTOR_BYTES 16
#define TWINSET_BLOCK_ROWS 6
#include "framework/kernels/tile_loops_vector.h"

namespace twinset {

extern const TileLoops kPortableTileLoops = make_tile_loops("portable");

}  // namespace twinset
