#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "eval/report.h"
#include "experiments/twinset/evaluated_run.h"

namespace twinset {

/// Draws a sweep's figures into `folder` (eval/figures/figure.h): bars of mAP (or the table's first
/// column), recall curves of the run beside the frequency prior and the title keywords, the
/// products' embeddings, what is found for tuples with hits and misses, and training curves.
///
/// @param run     the run that embeddings, recall and pictures are shown of
/// @return        those that a report shows, in its order; empty, with a warning, if there is no
///                gnuplot
std::vector<ReportFigure> draw_sweep_figures(const Table& table, const std::vector<RunResult>& runs,
                                             const EvaluatedRun& run, const std::string& run_name,
                                             const std::string& split,
                                             const std::filesystem::path& folder);

}  // namespace twinset
