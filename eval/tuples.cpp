#include "eval/tuples.h"

#include <algorithm>
#include <map>

#include "framework/core/error.h"

namespace twinset {
namespace {

std::vector<int64_t> family_indices(const AttributeVocabulary& vocabulary,
                                    const std::vector<std::string>& keys) {
  std::vector<int64_t> indices;
  for (const std::string& key : keys) {
    const auto& families = vocabulary.families();
    const auto family = std::find(families.begin(), families.end(), key);
    if (family == families.end())
      throw_unknown_name("tuple_keys", "attribute family", key, families);
    const int64_t index = family - families.begin();
    if (std::find(indices.begin(), indices.end(), index) != indices.end()) {
      throw ConfigError({.where = "tuple_keys",
                         .what = "'" + key + "' occurs twice",
                         .expected = "distinct families"});
    }
    indices.push_back(index);
  }
  return indices;
}

}  // namespace

std::vector<AttributeTuple> tuples(const SparsePairs& labels, const AttributeVocabulary& vocabulary,
                                   const std::vector<std::string>& keys, int64_t least) {
  if (keys.empty()) return {};
  const std::vector<int64_t> families = family_indices(vocabulary, keys);
  std::map<std::vector<int64_t>, int64_t> counts;
  for (int64_t product = 0; product < labels.num_rows(); ++product) {
    std::vector<std::vector<int64_t>> combinations = {{}};
    for (const int64_t family : families) {
      std::vector<std::vector<int64_t>> longer;
      for (const int64_t column : labels.row(product)) {
        if (vocabulary.family_of()[static_cast<size_t>(column)] != family) continue;
        for (std::vector<int64_t> combination : combinations) {
          combination.push_back(column);
          longer.push_back(std::move(combination));
        }
      }
      combinations = std::move(longer);
    }
    for (const std::vector<int64_t>& combination : combinations) ++counts[combination];
  }
  std::vector<AttributeTuple> frequent;
  for (const auto& [columns, count] : counts) {
    if (count >= least) frequent.push_back({columns, count});
  }
  return frequent;
}

std::string attribute_value(const std::string& phrase) {
  const size_t colon = phrase.find(": ");
  return colon == std::string::npos ? phrase : phrase.substr(colon + 2);
}

std::string tuple_phrase(const AttributeTuple& tuple, const AttributeVocabulary& vocabulary) {
  std::string phrase;
  for (auto column = tuple.columns.rbegin(); column != tuple.columns.rend(); ++column) {
    if (!phrase.empty()) phrase += ' ';
    phrase += attribute_value(vocabulary.phrases()[static_cast<size_t>(*column)]);
  }
  return phrase;
}

}  // namespace twinset
