#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "framework/data/vocabulary.h"

namespace twinset {

/// A part of the vocabulary that numbers are broken down by.
struct AttributeGroup {
  std::string name;            ///< "family.KEY" or "band.head", "band.torso", "band.tail"
  std::vector<bool> contains;  ///< [V]
};

/// Every family, then every frequency band (eval/frequency_bands.h).
std::vector<AttributeGroup> attribute_groups(const AttributeVocabulary& vocabulary);

/// The columns of each family, [F] ascending lists.
std::vector<std::vector<int64_t>> columns_of_families(const AttributeVocabulary& vocabulary);

}  // namespace twinset
