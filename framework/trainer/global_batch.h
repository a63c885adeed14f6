// Private to this folder.
#pragma once

#include <cstdint>
#include <vector>

#include "framework/data/batch.h"
#include "framework/distributed/communicator.h"

namespace twinset {

/// Who the queries of all ranks are, in the order of the ranks: what negatives plan with.
struct GlobalBatch {
  std::vector<int64_t> samples;  ///< [WB]
  SparsePairs labels;            ///< [WB, V]
  int64_t first_row = 0;         ///< where this rank's queries begin
  bool interrupt = false;        ///< some rank was asked to end
};

/// Exchanges labels and samples (not images). @throws ShapeError if ranks are at different batches
GlobalBatch gather_batch(Communicator& communicator, const Batch& batch, bool interrupt);

}  // namespace twinset
