// What shoppers asked for: the stage demand's answer.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "framework/data/dataset.h"

namespace twinset::pinlanding {

/// One line of demand/intents.jsonl.
struct Intent {
  std::string query;
  int64_t searches = 0;
  std::string band;  ///< "head", "torso" or "tail"
  std::vector<Attribute> attributes;
  std::vector<std::pair<std::string, int64_t>>
      clicks;  ///< product id and number, in the order of the file
};

/// @throws DataError naming the line: broken JSON, a member that is missing or of another kind,
/// searches below 1, no line at all
std::vector<Intent> read_intents(const std::filesystem::path& file);

}  // namespace twinset::pinlanding
