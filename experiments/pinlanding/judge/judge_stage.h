#pragma once

#include "experiments/pinlanding/stage.h"

namespace twinset::pinlanding {

/// The stage judge: the feeds against the search log's collections.
///
/// judge/table.* has precision@k by family, topics.* the number of topics and the demand that they
/// meet, distributions.* how often attributes occur as extracted, curated and assigned, recall.*
/// the encoder's own numbers; each as .md, .tex, .csv and .html. judge/result.json has every number
/// in the shape of a training run's, so that `twinset table` takes the spread over seeds;
/// judge/comparison.md what can be said of the difference; judge/report.html all of it with
/// figures. What PinLanding's paper reports stands beside, marked as reported elsewhere.
Stage judge_stage();

}  // namespace twinset::pinlanding
