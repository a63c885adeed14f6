#pragma once

#include <vector>

#include "eval/report.h"
#include "experiments/twinset/evaluated_run.h"

namespace twinset {

/// Best and worst products of a finished run by average precision, with their images: what numbers
/// alone do not show.
///
/// @param name  of the run, for the headings
std::vector<ReportExamples> report_examples(const EvaluatedRun& run, const std::string& name,
                                            const std::string& split);

/// The finished run with the highest mean of `metric` over seeds would be a row; this is the single
/// best run, or null.
const RunResult* best_run(const std::vector<RunResult>& runs, const std::string& split,
                          const std::string& metric);

}  // namespace twinset
