#pragma once

#include "experiments/pinlanding/stage.h"

namespace twinset::pinlanding {

/// The stage feeds: the best products of every topic, written to feeds/collections.jsonl in the
/// order of the topics.
///
/// Memory: one partition of the assigned products at a time, and what FeedBuilder keeps;
/// method=embeddings holds all embeddings.
Stage feeds_stage();

}  // namespace twinset::pinlanding
