// What is true of products, in whatever words a title asks for it.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "eval/judged/collection.h"

namespace twinset::pinlanding {

/// Other words for a value of a family.
using SynonymsOf = std::function<std::vector<std::string>(const Attribute&)>;

/// No synonyms ("none"), those that shoppers of the rendered wardrobe type ("wardrobe"), or those
/// of a file of JSON lines
/// {"family": "colour", "value": "navy", "synonyms": ["navy blue"]}. @throws DataError naming the
/// line
SynonymsOf read_synonyms(const std::string& source);

/// The attributes of each product, compared by the words of a value (eval/baselines/title_words.h);
/// every synonym of a true value is true too.
class AttributeTruth {
 public:
  explicit AttributeTruth(SynonymsOf synonyms) : synonyms_(std::move(synonyms)) {}

  /// @throws DataError for a product that was added before
  void add(const std::string& product, const std::vector<Attribute>& attributes,
           const std::string& where);
  /// 1 for each product that has all attributes of its collection, else 0.
  /// @throws DataError for a product that was never added, or a collection that asks for nothing
  Judgments judge(const CollectionSystem& system, const std::string& where) const;
  bool is_empty() const { return true_of_.empty(); }

 private:
  SynonymsOf synonyms_;
  std::unordered_map<std::string, std::set<std::string>> true_of_;  // phrases by product
};

/// Reads {"id": "42", "attributes": {"colour": "black"}} lines, such as a rendered wardrobe's
/// truth.jsonl.
AttributeTruth read_truth(const std::string& file, SynonymsOf synonyms);

}  // namespace twinset::pinlanding
