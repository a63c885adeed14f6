#include "experiments/pinlanding/judge/attribute_truth.h"

#include <algorithm>
#include <map>

#include "datasets/wardrobe/attributes.h"
#include "datasets/wardrobe/synonyms.h"
#include "eval/baselines/title_words.h"
#include "eval/judged/json_lines.h"

namespace twinset::pinlanding {
namespace {

constexpr const char* kTruthShape = R"({"id": "42", "attributes": {"colour": "black"}})";
constexpr const char* kSynonymShape =
    R"({"family": "colour", "value": "navy", "synonyms": ["navy blue"]})";

std::string lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

// "T-Shirts" and "t-shirt" are one value; one without ASCII words stands for itself.
std::string phrase_of(const Attribute& attribute) {
  const auto words = title_words(attribute.value);
  return fmt::format(
      "{}: {}", attribute.key,
      words.empty() ? lower(attribute.value) : fmt::format("{}", fmt::join(words, " ")));
}

std::vector<std::string> wardrobe_synonyms(const Attribute& attribute) {
  for (int f = 0; f < wardrobe::kNumFamilies; ++f) {
    const auto family = static_cast<wardrobe::Family>(f);
    if (wardrobe::family_name(family) != attribute.key) continue;
    const auto& words = wardrobe::synonyms(family, attribute.value);
    return {words.begin(), words.end()};
  }
  return {};
}

}  // namespace

SynonymsOf read_synonyms(const std::string& source) {
  if (source == "none") return [](const Attribute&) { return std::vector<std::string>(); };
  if (source == "wardrobe") return wardrobe_synonyms;
  std::map<std::string, std::vector<std::string>> table;
  for_each_json_line(source, kSynonymShape, [&](const auto& json, const std::string&) {
    const Attribute attribute{json.at("family").template get<std::string>(),
                              json.at("value").template get<std::string>()};
    table[phrase_of(attribute)] = json.at("synonyms").template get<std::vector<std::string>>();
  });
  return [table](const Attribute& attribute) {
    const auto found = table.find(phrase_of(attribute));
    return found == table.end() ? std::vector<std::string>() : found->second;
  };
}

void AttributeTruth::add(const std::string& product, const std::vector<Attribute>& attributes,
                         const std::string& where) {
  const auto [entry, is_new] = true_of_.try_emplace(product);
  if (!is_new) {
    throw DataError({.where = where,
                     .what = "the product '" + product + "' occurs twice",
                     .expected = "each id once"});
  }
  for (const Attribute& attribute : attributes) {
    entry->second.insert(phrase_of(attribute));
    for (const std::string& word : synonyms_(attribute))
      entry->second.insert(phrase_of({attribute.key, word}));
  }
}

Judgments AttributeTruth::judge(const CollectionSystem& system, const std::string& where) const {
  Judgments judgments;
  for (const Collection& collection : system.collections) {
    if (collection.attributes.empty()) {
      throw DataError({.where = system.name,
                       .what = "'" + collection.title + "' asks for no attribute",
                       .expected = "attributes to judge its products by"});
    }
    for (const std::string& product : collection.products) {
      const auto found = true_of_.find(product);
      if (found == true_of_.end()) {
        throw DataError({.where = where,
                         .what = fmt::format("has no product '{}', which {} shows under '{}'",
                                             product, system.name, collection.title),
                         .expected = "the truth of every product"});
      }
      const bool has_all =
          std::all_of(collection.attributes.begin(), collection.attributes.end(),
                      [&](const Attribute& a) { return found->second.contains(phrase_of(a)); });
      judgments.add("truth", collection.title, product, has_all ? 1.0 : 0.0);
    }
  }
  return judgments;
}

AttributeTruth read_truth(const std::string& file, SynonymsOf synonyms) {
  AttributeTruth truth(std::move(synonyms));
  for_each_json_line(file, kTruthShape, [&](const auto& json, const std::string& where) {
    std::vector<Attribute> attributes;
    for (auto& [family, value] : attributes_of_json(json.at("attributes")))
      attributes.push_back({family, value});
    truth.add(json.at("id").template get<std::string>(), attributes, where);
  });
  if (truth.is_empty())
    throw DataError({.where = file, .what = "holds no product", .expected = kTruthShape});
  return truth;
}

}  // namespace twinset::pinlanding
