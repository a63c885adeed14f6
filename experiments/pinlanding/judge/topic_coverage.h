// How many topics a system offers, and how much of the demand they meet.
#pragma once

#include <cstdint>
#include <vector>

#include "eval/judged/collection.h"
#include "experiments/pinlanding/records/intents.h"

namespace twinset::pinlanding {

/// Distinct sets of attributes among the first n collections; titles that ask for the same count
/// once.
int64_t unique_topics(const std::vector<Collection>& collections, size_t n);

/// Shares of the search volume whose query has a known attribute.
struct DemandCoverage {
  double exact = 0;     ///< a collection asks for the query's attributes and nothing else
  double answered = 0;  ///< a collection asks for all of them, and perhaps for more: its products
                        ///< answer the query
};
/// @return zeros if no query has an attribute
DemandCoverage demand_coverage(const std::vector<Collection>& collections,
                               const std::vector<Intent>& log);

/// The longest run of first collections whose mean precision is at least `least`; NaN values are
/// left out of the mean.
/// @param precision  of each collection, in the system's order
size_t first_at_precision(const std::vector<double>& precision, double least);

}  // namespace twinset::pinlanding
