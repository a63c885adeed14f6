// What a person knows of the families and words, in files that a person edits.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "framework/core/options.h"

namespace twinset::pinlanding {

/// What is known of a family of attributes.
struct FamilyOptions {
  bool exclusive = true;
  std::vector<std::string> nouns;
  std::string like;

  template <class V>
  void visit(V&& v) {
    v("exclusive", exclusive,
      Field{.help = "a product has one value, so two that stand on one product are no synonyms"});
    v("nouns", nouns,
      Field{.help =
                "words that may follow any value and say nothing: 'winter season' is 'winter'"});
    v("like", like,
      Field{.help = "another family with the same values: phrases that are one value there are one "
                    "here"});
  }
};

/// Families by name; one that is not listed has the defaults.
class FamilySheet {
 public:
  FamilySheet() = default;
  /// A YAML file {colour: {exclusive: true, nouns: [color]}, ...}. @throws ConfigError with file
  /// and line
  explicit FamilySheet(const std::filesystem::path& file);

  const FamilyOptions& of(const std::string& family) const;

 private:
  std::map<std::string, FamilyOptions> families_;
  FamilyOptions defaults_;
};

/// Words that mean the same, by family; compared without spaces, hyphens and a plural's last s.
class SynonymSheet {
 public:
  SynonymSheet() = default;
  /// A YAML file {season: [[autumn, fall], ...], ...}. A phrase may stand in several groups, which
  /// are not joined by it.
  /// @throws ConfigError with file and line, for a group of fewer than two
  explicit SynonymSheet(const std::filesystem::path& file);

  /// Whether two phrases share a group of the family.
  bool are_synonyms(const std::string& family, const std::string& a, const std::string& b) const;
  /// The numbers of the groups that hold a phrase.
  const std::vector<int>& groups_of(const std::string& family, const std::string& phrase) const;

 private:
  std::map<std::pair<std::string, std::string>, std::vector<int>>
      groups_;  ///< (family, key of a phrase) to its groups
};

}  // namespace twinset::pinlanding
