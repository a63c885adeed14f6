#include "experiments/pinlanding/curate/families.h"

#include <algorithm>

#include "experiments/pinlanding/curate/normalise.h"
#include "framework/config/yaml.h"
#include "framework/core/error.h"

namespace twinset::pinlanding {
FamilySheet::FamilySheet(const std::filesystem::path& file) {
  const Node sheet = load_yaml_file(file);
  if (!sheet.is_map())
    throw ConfigError({.where = file.string(),
                       .what = "is " + sheet.describe(),
                       .expected = "a map of families"});
  for (const auto& [family, node] : sheet.as_map())
    families_[family] = read_options<FamilyOptions>(node, family);
}

const FamilyOptions& FamilySheet::of(const std::string& family) const {
  const auto entry = families_.find(family);
  return entry == families_.end() ? defaults_ : entry->second;
}

SynonymSheet::SynonymSheet(const std::filesystem::path& file) {
  const Node sheet = load_yaml_file(file);
  if (!sheet.is_map())
    throw ConfigError({.where = file.string(),
                       .what = "is " + sheet.describe(),
                       .expected = "a map of families"});
  int number = 0;
  for (const auto& [family, groups] : sheet.as_map()) {
    if (!groups.is_list())
      throw ConfigError({.where = groups.where(family),
                         .what = "is " + groups.describe(),
                         .expected = "a list of groups of synonyms"});
    for (const Node& group : groups.as_list()) {
      if (!group.is_list() || group.as_list().size() < 2) {
        throw ConfigError({.where = group.where(family),
                           .what = "a group is " + group.describe(),
                           .expected = "a list of two phrases or more"});
      }
      for (const Node& phrase : group.as_list()) {
        if (!phrase.is_string())
          throw ConfigError({.where = phrase.where(family),
                             .what = "a synonym is " + phrase.describe(),
                             .expected = "text"});
        groups_[{family, spelling_key(normalise_phrase(phrase.as_string()))}].push_back(number);
      }
      ++number;
    }
  }
}

const std::vector<int>& SynonymSheet::groups_of(const std::string& family,
                                                const std::string& phrase) const {
  static const std::vector<int> none;
  const auto entry = groups_.find({family, spelling_key(phrase)});
  return entry == groups_.end() ? none : entry->second;
}

bool SynonymSheet::are_synonyms(const std::string& family, const std::string& a,
                                const std::string& b) const {
  const std::vector<int>&first = groups_of(family, a), &second = groups_of(family, b);
  return std::any_of(first.begin(), first.end(), [&](int group) {
    return std::find(second.begin(), second.end(), group) != second.end();
  });
}

}  // namespace twinset::pinlanding
