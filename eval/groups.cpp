#include "eval/groups.h"

#include "eval/frequency_bands.h"

namespace twinset {

std::vector<AttributeGroup> attribute_groups(const AttributeVocabulary& vocabulary) {
  const auto size = static_cast<size_t>(vocabulary.size());
  std::vector<AttributeGroup> groups;
  for (const std::string& family : vocabulary.families())
    groups.push_back({"family." + family, std::vector<bool>(size)});
  const size_t first_band = groups.size();
  const FrequencyBands bands = frequency_bands(vocabulary.counts());
  for (const std::string& band : bands.names)
    groups.push_back({"band." + band, std::vector<bool>(size)});
  for (size_t column = 0; column < size; ++column) {
    groups[static_cast<size_t>(vocabulary.family_of()[column])].contains[column] = true;
    groups[first_band + static_cast<size_t>(bands.band_of[column])].contains[column] = true;
  }
  return groups;
}

std::vector<std::vector<int64_t>> columns_of_families(const AttributeVocabulary& vocabulary) {
  std::vector<std::vector<int64_t>> columns(vocabulary.families().size());
  for (int64_t column = 0; column < vocabulary.size(); ++column) {
    columns[static_cast<size_t>(vocabulary.family_of()[static_cast<size_t>(column)])].push_back(
        column);
  }
  return columns;
}

}  // namespace twinset
