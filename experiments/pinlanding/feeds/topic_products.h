// The part of the attribute graph that topics ask about, partition by partition.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "experiments/pinlanding/feeds/feed_builder.h"
#include "experiments/pinlanding/records/topics.h"

namespace twinset::pinlanding {

/// The attributes of all topics, numbered.
struct TopicAttributes {
  std::vector<Attribute> attributes;  ///< [A]
  std::map<std::pair<std::string, std::string>, int32_t> columns;
  std::vector<std::vector<int32_t>> topics;  ///< [T] columns of each, in the topic's order
};
TopicAttributes topic_attributes(const std::vector<Topic>& topics);

/// How often the graph has them.
struct TopicAttributeCounts {
  int64_t num_products = 0;
  std::vector<int64_t> counts;  ///< [A]
};

/// Reads every partition once. @throws DataError if an attribute of a topic is on no product: names
/// the topic, and the nearest attribute that there is
TopicAttributeCounts count_topic_attributes(const std::vector<std::filesystem::path>& files,
                                            const TopicAttributes& attributes,
                                            const std::vector<Topic>& topics);

/// One partition in memory: its products with the attributes that topics ask for.
struct TopicProducts {
  std::vector<std::string> ids;
  std::vector<int64_t> offsets = {0};
  std::vector<int32_t> columns;
  std::vector<float> confidences;
  std::vector<std::string> groups;

  ProductBlock block() const { return {ids, offsets, columns, confidences, groups}; }
};

/// @param group_family  family whose first value becomes a product's group; "": none
/// @throws DataError for an id that occurs twice
TopicProducts read_topic_products(const std::filesystem::path& file,
                                  const TopicAttributes& attributes,
                                  const std::string& group_family);

}  // namespace twinset::pinlanding
