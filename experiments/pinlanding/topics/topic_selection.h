// From scored candidates to the topics that are kept.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "experiments/pinlanding/records/topics.h"
#include "experiments/pinlanding/topics/topic_options.h"

namespace twinset::pinlanding {

/// Why candidates went.
struct DroppedTopics {
  int64_t below_thresholds = 0;
  int64_t same_title = 0;
  int64_t near_duplicates = 0;  ///< the same products as a better topic, or nearly
  int64_t beyond_limit = 0;
};

/// The weighted geometric mean of coherence, plausibility and phrasing; a weight of 0 leaves one
/// out.
/// @throws ConfigError if all weights are 0
double topic_score(const Topic& topic, const TopicCriteria& weights);

/// Sorts by score (equal ones by title), drops what is below a threshold, then from the best on
/// every topic whose title is taken or whose products are a better topic's: Jaccard index above
/// max_jaccard. Exact: overlaps are counted product by product.
/// @param products  [topics] the products of each, ascending
std::vector<Topic> select_topics(const std::vector<Topic>& topics,
                                 const std::vector<std::vector<int32_t>>& products,
                                 const TopicsOptions& options, DroppedTopics& dropped);

}  // namespace twinset::pinlanding
