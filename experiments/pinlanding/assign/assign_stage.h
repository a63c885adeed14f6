#pragma once

#include "experiments/pinlanding/stage.h"

namespace twinset::pinlanding {

/// Gives every product of every split the attributes that the trained encoder sees in it, with
/// calibrated confidences.
///
/// Thresholds and confidences are learned from held-out curated labels first (thresholds.json),
/// then products stream through: threads read and decode, the encoder runs, another thread scores
/// and writes; partition k + 1 is decoded while k is embedded. Beside the records that a data set
/// keeps, memory does not grow with the catalogue. A partition (partition_files.h) is written
/// whole; after a kill, those that are done are passed over. All carry the digest of model,
/// thresholds, options and catalogue: what another model left is done again. Also written:
/// embeddings/ (attr.npy with vocab.txt, products-*.npy with products-*.ids.txt), and report.md
/// (assign_report.h) once every partition is there.
Stage assign_stage();

}  // namespace twinset::pinlanding
