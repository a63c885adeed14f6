#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <unordered_map>
#include <vector>

#include "framework/core/options.h"
#include "framework/core/sparse_pairs.h"
#include "framework/data/dataset.h"

namespace twinset {

/// Which attributes become documents.
struct VocabularyOptions {
  std::vector<std::string>
      keys;  // families in this order; empty: every key of the data set, sorted
  int64_t min_count = 10;

  template <class V>
  void visit(V&& v) {
    v("keys", keys, Field{.help = "attribute families, in this order; empty for all, sorted"});
    v("min_count", min_count,
      Field{.help = "an attribute on fewer training products is dropped",
            .unit = "products",
            .min = 1});
  }
};

/// The attribute phrases that products are matched with, in a fixed order: by family (in the order
/// of `keys`), then by value (bytewise).
class AttributeVocabulary {
 public:
  /// @throws DataError if fewer than two phrases are left, or a key occurs nowhere (lists the keys
  /// that do).
  static AttributeVocabulary build(const Dataset& train, const VocabularyOptions& options);

  int64_t size() const { return static_cast<int64_t>(phrases_.size()); }
  const std::vector<std::string>& phrases() const { return phrases_; }  ///< "key: value", [V]
  const std::vector<std::string>& families() const {
    return families_;
  }  ///< the distinct keys, [F]
  const std::vector<int64_t>& family_of() const {
    return family_of_;
  }  ///< [V], index into families()
  const std::vector<int64_t>& counts() const {
    return counts_;
  }                                                       ///< training products that have it, [V]
  int64_t num_products() const { return num_products_; }  ///< training products in all
  /// The column of a phrase, or -1.
  int64_t find(const std::string& phrase) const;

  void save(const std::filesystem::path& file) const;  ///< JSON
  static AttributeVocabulary load(const std::filesystem::path& file);

 private:
  void index_phrases();
  std::vector<std::string> phrases_;
  std::vector<std::string> families_;
  std::vector<int64_t> family_of_;
  std::vector<int64_t> counts_;
  int64_t num_products_ = 0;
  std::unordered_map<std::string, int64_t> column_;
};

/// The label table [num products, V]: which phrases are true of which product. Attributes outside
/// the vocabulary are left out.
SparsePairs label_table(const Dataset& dataset, const AttributeVocabulary& vocabulary);

}  // namespace twinset
