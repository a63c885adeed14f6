#pragma once

#include "experiments/pinlanding/stage.h"

namespace twinset::pinlanding {

/// The stage topics: tuples of attributes with a title, judged, without duplicates, ranked.
///
/// topics/candidates.jsonl: every tuple with its title, what a judge is asked about;
/// topics/topics.jsonl: those that are kept, best first; topics/report.json: how many went, and
/// why.
Stage topics_stage();

}  // namespace twinset::pinlanding
