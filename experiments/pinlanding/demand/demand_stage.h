#pragma once

#include "experiments/pinlanding/demand/demand_options.h"
#include "experiments/pinlanding/stage.h"

namespace twinset::pinlanding {

/// Search logs to intents: demand/intents.jsonl, demand/summary.json and demand/report.md.
Stage demand_stage();

}  // namespace twinset::pinlanding
