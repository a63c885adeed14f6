#include "eval/judged/collection.h"

#include <algorithm>
#include <set>

#include "eval/judged/json_lines.h"
#include "framework/core/atomic_file.h"

namespace twinset {
namespace {

constexpr const char* kCollectionShape =
    R"({"title": "...", "attributes": {"colour": "black"}, "products": ["42"]})";
constexpr const char* kTruthShape = R"({"id": "42", "attributes": {"colour": "black"}})";
constexpr const char* kJudgeShape = R"({"title": "...", "product": "42", "satisfied": true})";

std::optional<double> verdict_of(const nlohmann::ordered_json& value, const std::string& where) {
  if (value.is_null()) return std::nullopt;
  const double number = value.is_boolean() ? (value.get<bool>() ? 1.0 : 0.0) : value.get<double>();
  if (number >= 0 && number <= 1) return number;
  throw DataError({.where = where,
                   .what = fmt::format("'satisfied' is {}", number),
                   .expected = "true, false, null, or a number from 0 to 1"});
}

}  // namespace

std::vector<Collection> read_collections(const std::filesystem::path& file) {
  std::vector<Collection> collections;
  std::set<std::string> titles;
  for_each_json_line(file, kCollectionShape, [&](const auto& json, const std::string& where) {
    Collection& collection = collections.emplace_back();
    collection.title = json.at("title").template get<std::string>();
    for (auto& [key, value] : attributes_of_json(json.at("attributes")))
      collection.attributes.push_back({key, value});
    collection.products = json.at("products").template get<std::vector<std::string>>();
    if (!titles.insert(collection.title).second)
      throw DataError({.where = where,
                       .what = "the title '" + collection.title + "' was there before",
                       .expected = "each title once"});
    if (collection.products.empty())
      throw DataError({.where = where,
                       .what = "'" + collection.title + "' has no product",
                       .expected = "at least one"});
  });
  if (collections.empty())
    throw DataError(
        {.where = file.string(), .what = "holds no collection", .expected = kCollectionShape});
  return collections;
}

void write_collections(const std::vector<Collection>& collections,
                       const std::filesystem::path& file) {
  std::string text;
  for (const Collection& collection : collections) {
    nlohmann::ordered_json json = {{"title", collection.title},
                                   {"attributes", nlohmann::ordered_json::object()},
                                   {"products", collection.products}};
    for (const Attribute& attribute : collection.attributes)
      json["attributes"][attribute.key].push_back(attribute.value);
    text += json.dump() + "\n";
  }
  write_file(file, text);
}

void Judgments::add(const std::string& judge, const std::string& title, const std::string& product,
                    std::optional<double> value) {
  const auto found = std::find(judges_.begin(), judges_.end(), judge);
  const auto index = static_cast<size_t>(found - judges_.begin());
  if (found == judges_.end()) judges_.push_back(judge);
  auto& values = values_[{title, product}];
  if (values.size() <= index) values.resize(index + 1);
  // One judge may meet a product twice, when both systems show it under the same title: the answers
  // are averaged.
  values[index] = values[index] && value ? (*values[index] + *value) / 2
                  : value                ? value
                                         : values[index];
}

std::optional<double> Judgments::verdict(const std::string& title,
                                         const std::string& product) const {
  const auto found = values_.find({title, product});
  if (found == values_.end()) return std::nullopt;
  double sum = 0;
  int count = 0;
  for (const auto& value : found->second) {
    if (!value) continue;
    sum += *value;
    ++count;
  }
  if (count == 0) return std::nullopt;
  return sum / count;
}

std::vector<std::vector<std::optional<double>>> Judgments::table() const {
  std::vector<std::vector<std::optional<double>>> table;
  for (const auto& [key, values] : values_) {
    table.push_back(values);
    table.back().resize(judges_.size());
  }
  return table;
}

Judgments judge_by_truth(const std::vector<CollectionSystem>& systems,
                         const std::filesystem::path& truth) {
  std::map<std::string, std::set<std::pair<std::string, std::string>>> attributes;
  for_each_json_line(truth, kTruthShape, [&](const auto& json, const std::string&) {
    const auto pairs = attributes_of_json(json.at("attributes"));
    attributes[json.at("id").template get<std::string>()] = {pairs.begin(), pairs.end()};
  });
  Judgments judgments;
  for (const CollectionSystem& system : systems) {
    for (const Collection& collection : system.collections) {
      for (const std::string& product : collection.products) {
        const auto found = attributes.find(product);
        if (found == attributes.end()) {
          throw DataError({.where = truth.string(),
                           .what = fmt::format("has no product '{}', which {} shows under '{}'",
                                               product, system.name, collection.title),
                           .expected = "the truth of every product"});
        }
        const bool has_all = std::all_of(collection.attributes.begin(), collection.attributes.end(),
                                         [&](const Attribute& a) {
                                           return found->second.contains({a.key, a.value});
                                         });
        judgments.add("truth", collection.title, product, has_all ? 1.0 : 0.0);
      }
    }
  }
  return judgments;
}

Judgments read_judge_file(const std::filesystem::path& file) {
  Judgments judgments;
  for_each_json_line(file, kJudgeShape, [&](const auto& json, const std::string& where) {
    judgments.add(json.value("judge", "judge model"), json.at("title").template get<std::string>(),
                  json.at("product").template get<std::string>(),
                  verdict_of(json.at("satisfied"), where));
  });
  if (judgments.judges().empty())
    throw DataError({.where = file.string(), .what = "holds no answer", .expected = kJudgeShape});
  return judgments;
}

}  // namespace twinset
