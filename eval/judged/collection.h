// Shopping collections as systems deliver them, and what judges say of their products.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "framework/data/dataset.h"

namespace twinset {

/// A title with the products shown under it.
struct Collection {
  std::string title;
  std::vector<Attribute> attributes;  ///< what the title asks for
  std::vector<std::string> products;  ///< ids, best first
};

/// One system's answers.
struct CollectionSystem {
  std::string name;
  std::vector<Collection> collections;
};

/// Reads JSON lines {"title": "black midi dress", "attributes": {"colour": "black", "category":
/// ["dress"]}, "products": ["42"]}.
/// @throws DataError naming the line: broken JSON, a member that is missing or of another kind, a
/// title twice, no line at all
std::vector<Collection> read_collections(const std::filesystem::path& file);
void write_collections(const std::vector<Collection>& collections,
                       const std::filesystem::path& file);

/// Answers to "does this product satisfy every attribute of the title?", by title and product.
class Judgments {
 public:
  /// @param value  1 yes, 0 no, or a share between; none: the judge could not tell
  void add(const std::string& judge, const std::string& title, const std::string& product,
           std::optional<double> value);
  /// The mean over the judges that answered; none if no judge did.
  std::optional<double> verdict(const std::string& title, const std::string& product) const;
  const std::vector<std::string>& judges() const { return judges_; }
  /// [items][judges], items in the order of their keys; for agreement.
  std::vector<std::vector<std::optional<double>>> table() const;

 private:
  std::vector<std::string> judges_;
  std::map<std::pair<std::string, std::string>, std::vector<std::optional<double>>> values_;
};

/// The truth as judge: reads every "attributes" of a truth.jsonl ({"id": "42", "attributes":
/// {"colour": "black"}}). A product satisfies a collection if it has all its attributes. @throws
/// DataError, also for a product that the file does not have
Judgments judge_by_truth(const std::vector<CollectionSystem>& systems,
                         const std::filesystem::path& truth);

/// A judge model's answers: JSON lines {"title": "...", "product": "42", "satisfied": true,
/// "judge": "name"}, where "satisfied" may be null or a probability, and "judge" may be absent.
/// @throws DataError naming the line
Judgments read_judge_file(const std::filesystem::path& file);

}  // namespace twinset
