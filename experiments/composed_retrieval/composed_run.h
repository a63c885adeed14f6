#pragma once

#include <filesystem>

#include "experiments/twinset/command_line.h"
#include "experiments/twinset/plugins.h"

namespace twinset {

/// `twinset composed-retrieval out=FOLDER [overrides]`: trains and judges every row of
/// composed.queries with every seed, each in a folder of its own (OUT/QUERY.SEED; finished ones are
/// kept, unfinished ones go on), then writes OUT/table.{md,tex,csv,html} and OUT/provenance.json.
/// Beside the rows stand chance and raw pixels of the source image.
///
/// The config is configs/experiment/composed_retrieval.yaml with the overrides. The trainer is the
/// one of every other run: queries are embedded by the fused tower, documents are images under its
/// image tower.
int composed_retrieval_command(const CommandLine& line, const Plugins& plugins);

}  // namespace twinset
