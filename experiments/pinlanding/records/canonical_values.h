// Which curated value a phrase of the log or the catalogue stands for.
#pragma once

#include <filesystem>
#include <string>
#include <unordered_map>
#include <vector>

#include "framework/data/dataset.h"

namespace twinset::pinlanding {

/// The map of curate/canonical.jsonl, by family and normalised phrase (curate/normalise.h).
class CanonicalValues {
 public:
  /// Of a pipeline's folder; without a curation there every value stands for itself.
  /// @throws DataError naming the line: broken JSON, a member that is missing
  explicit CanonicalValues(const std::filesystem::path& folder);

  /// The file in the folder, if it is there: what a stage that uses the map depends on.
  static std::vector<std::filesystem::path> files(const std::filesystem::path& folder);

  /// The curated attribute; one that the map does not know, or that curation dropped, stays as it
  /// is.
  Attribute of(const Attribute& attribute) const;
  /// The same of each of them, in place.
  void apply(std::vector<Attribute>& attributes) const;

 private:
  std::unordered_map<std::string, std::string> canonical_;  // by "family\tphrase"
};

}  // namespace twinset::pinlanding
