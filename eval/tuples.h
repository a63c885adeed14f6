#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "framework/core/sparse_pairs.h"
#include "framework/data/vocabulary.h"

namespace twinset {

/// A combination of attributes, one of each key, such as articleType = Tshirts, baseColour = Navy
/// Blue, gender = Men.
struct AttributeTuple {
  std::vector<int64_t> columns;  ///< in the order of the keys
  int64_t num_products = 0;      ///< products that have all of them
};

/// The combinations that at least `least` of the products have, ordered by value, key after key. A
/// product with several values of a key belongs to every combination that it can form; one without
/// any belongs to none.
///
/// @param labels  [products, V]
/// @param keys    families of the vocabulary
/// @throws ConfigError if a key is no family, or occurs twice.
std::vector<AttributeTuple> tuples(const SparsePairs& labels, const AttributeVocabulary& vocabulary,
                                   const std::vector<std::string>& keys, int64_t least);

/// The value of a phrase "key: value".
std::string attribute_value(const std::string& phrase);

/// What a shopper would write: the values in reverse order of the keys, as "Men Navy Blue Tshirts".
std::string tuple_phrase(const AttributeTuple& tuple, const AttributeVocabulary& vocabulary);

}  // namespace twinset
