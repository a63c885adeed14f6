#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "experiments/pinlanding/demand/demand_intents.h"

namespace twinset::pinlanding {

/// A line of intents.jsonl.
std::string intent_line(const DemandIntent& intent);

/// Counts and shares: searches, bands, families, coverage, thin spots, failing queries.
nlohmann::ordered_json demand_summary(const std::vector<DemandIntent>& intents, double num_searches,
                                      int64_t num_blank);

/// The same for people, in Markdown, with the queries that matter most.
std::string demand_report(const std::vector<DemandIntent>& intents,
                          const nlohmann::ordered_json& summary);

}  // namespace twinset::pinlanding
