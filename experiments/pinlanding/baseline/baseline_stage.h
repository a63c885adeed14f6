#pragma once

#include "experiments/pinlanding/stage.h"

namespace twinset::pinlanding {

/// The stage baseline: collections from the search log, the opponent that PinLanding's paper
/// compares with.
///
/// Frequent queries are the topics; a feed is BM25 over titles mixed with clicks. The mixture and
/// BM25's parameters are those with the best nDCG on clicks that were held out of each query; the
/// feeds that are written then use all clicks. baseline/collections.jsonl, the most searched first;
/// baseline/tuning.json: every setting that was tried.
Stage baseline_stage();

}  // namespace twinset::pinlanding
