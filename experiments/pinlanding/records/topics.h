// Topics: combinations of attributes with a title, best first.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "framework/data/dataset.h"

namespace twinset::pinlanding {

/// One line of topics/topics.jsonl.
struct Topic {
  std::string title;
  std::vector<Attribute> attributes;                     ///< ascending by family, then value
  int64_t support = 0;                                   ///< products that have all of them
  double score = 0;                                      ///< what topics are ranked by
  double coherence = 0, plausibility = 0, phrasing = 0;  ///< from 0 to 1
};

void write_topics(const std::vector<Topic>& topics, const std::filesystem::path& file);

/// @throws DataError naming the line: broken JSON, a member that is missing or of another kind, a
/// topic without attributes, a
///         title twice, no line at all
std::vector<Topic> read_topics(const std::filesystem::path& file);

/// {"category": ["dress"], "colour": ["black"]} as one text that is equal for equal sets of
/// attributes, whatever their order.
std::string attribute_set_key(std::vector<Attribute> attributes);

}  // namespace twinset::pinlanding
