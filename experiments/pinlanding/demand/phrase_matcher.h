#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "experiments/pinlanding/demand/normalise_query.h"
#include "framework/data/dataset.h"

namespace twinset::pinlanding {

/// Finds the attributes that a query's words name: from left to right, the longest phrase first.
class PhraseMatcher {
 public:
  explicit PhraseMatcher(const NormaliseOptions& options) : options_(options) {}

  /// A phrase for an attribute. Of two attributes with one phrase, the first counts.
  void add(const std::string& phrase, const Attribute& attribute, const std::string& where);
  /// @param normalised  a query after normalise_query
  std::vector<Attribute> match(const std::string& normalised) const;
  size_t size() const { return attributes_.size(); }

 private:
  NormaliseOptions options_;
  std::map<std::string, Attribute> attributes_;  ///< by the phrase's words
  size_t most_words_ = 0;
};

/// Reads phrases from a table with the columns family, phrase and value (what the phrase means).
/// @throws DataError naming the line
void read_phrases(const std::filesystem::path& file, PhraseMatcher& matcher);

}  // namespace twinset::pinlanding
