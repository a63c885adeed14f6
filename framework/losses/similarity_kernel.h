#pragma once

#include <ATen/core/Tensor.h>

#include <string>

#include "framework/core/options.h"
#include "framework/kernels/tiled_loss.h"
#include "framework/losses/temperature.h"
#include "framework/negatives/candidates.h"

namespace twinset {

/// From this many pairs on, `kernel: auto` takes the tiled loss on the CPU; below, its packing
/// costs more than the matrix.
constexpr int64_t kFewestTiledPairs = 1 << 14;
/// The same on a GPU: at least as fast as open_clip's losses, which make the matrix, from B = N =
/// 1,024 on (framework/kernels/README.md).
constexpr int64_t kFewestTiledPairsOnGpu = 1 << 20;

inline Field kernel_field() {
  return {.help =
              "tiled: no [B, N] matrix (float32, bfloat16); dense: plain libtorch; auto: tiled "
              "from 2^14 pairs on, on a GPU from 2^20",
          .choices = {"auto", "tiled", "dense"}};
}

/// True if the tiled loss is to be taken.
/// @throws ShapeError if `kernel` is "tiled" and the tensors are not what the tiled losses take
bool uses_tiles(const std::string& kernel, const at::Tensor& queries_BD,
                const Candidates& candidates, const std::string& where);

/// The batch as the tiled losses read it.
TiledBatch tiled_batch(const at::Tensor& queries_BD, const Candidates& candidates,
                       const Temperature& temperature);

}  // namespace twinset
