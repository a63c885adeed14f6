#include "framework/losses/similarity_kernel.h"

#include <fmt/format.h>

#include "framework/core/error.h"

namespace twinset {

bool uses_tiles(const std::string& kernel, const at::Tensor& queries_BD,
                const Candidates& candidates, const std::string& where) {
  const at::Tensor& documents = candidates.embeddings;
  const bool can = can_tile(queries_BD, documents);
  if (kernel == "tiled" && !can && queries_BD.numel() > 0 && documents.numel() > 0) {
    throw ShapeError(
        {.where = where,
         .what = fmt::format("kernel=tiled with {} queries and {} documents on {}",
                             toString(queries_BD.scalar_type()), toString(documents.scalar_type()),
                             queries_BD.device().str()),
         .expected = "both float32 or both bfloat16, on one CPU or GPU",
         .todo = "use kernel=auto"});
  }
  if (kernel == "dense" || !can) return false;
  if (kernel == "tiled") return true;
  const int64_t pairs = queries_BD.size(0) * documents.size(0);
  return pairs >= (queries_BD.is_cuda() ? kFewestTiledPairsOnGpu : kFewestTiledPairs);
}

TiledBatch tiled_batch(const at::Tensor& queries_BD, const Candidates& candidates,
                       const Temperature& temperature) {
  return {.queries = queries_BD,
          .documents = candidates.embeddings,
          .inverse_temperature = temperature.inverse(),
          .positives = candidates.positives,
          .excluded = candidates.excluded,
          .log_q = candidates.log_q,
          .corrects_positives = candidates.corrects_positives};
}

}  // namespace twinset
