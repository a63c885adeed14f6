#pragma once

#include "experiments/pinlanding/stage.h"

namespace twinset::pinlanding {

/// extract/products.jsonl to a vocabulary, curate/products.jsonl and canonical.jsonl, by `curate`
/// (curation.h). Also written: vocabulary.jsonl ({"family", "value", "count"}), phrases.txt
/// ("family: phrase" a line, for embeddings made elsewhere), report.md, and review.tsv, whose
/// column `decision` a person fills in: run the stage again and it is applied; decisions are never
/// lost.
Stage curate_stage();

}  // namespace twinset::pinlanding
