#include "framework/data/vocabulary.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "framework/core/atomic_file.h"
#include "framework/core/error.h"
#include "framework/core/logging.h"
#include "framework/core/nearest_name.h"

namespace twinset {
namespace {

/// On how many products each value of each key stands.
using ValueCounts = std::map<std::string, std::map<std::string, int64_t>>;

ValueCounts count_values(const Dataset& dataset) {
  ValueCounts counts;
  std::vector<std::pair<std::string_view, std::string_view>> of_product;
  for (int64_t i = 0; i < dataset.size(); ++i) {
    of_product.clear();
    for (const Attribute& attribute : dataset.record(i).attributes)
      of_product.emplace_back(attribute.key, attribute.value);
    std::sort(of_product.begin(), of_product.end());
    of_product.erase(std::unique(of_product.begin(), of_product.end()), of_product.end());
    for (const auto& [key, value] : of_product) ++counts[std::string(key)][std::string(value)];
  }
  return counts;
}

std::vector<std::string> checked_keys(const std::vector<std::string>& asked,
                                      const ValueCounts& counts) {
  std::vector<std::string> known;
  for (const auto& [key, values] : counts) known.push_back(key);
  if (asked.empty()) return known;
  std::set<std::string> seen;
  for (const std::string& key : asked) {
    if (!seen.insert(key).second) {
      throw DataError({.where = "vocabulary.keys",
                       .what = fmt::format("'{}' is named twice", key),
                       .expected = "each key once"});
    }
    if (counts.contains(key)) continue;
    const std::string nearest = nearest_name(key, known);
    throw DataError({.where = "vocabulary.keys",
                     .what = fmt::format("no training product has an attribute '{}'", key),
                     .expected = known.empty() ? "attributes (the products have none)"
                                               : fmt::format("some of: {}", fmt::join(known, ", ")),
                     .todo = nearest.empty() ? "" : fmt::format("did you mean '{}'?", nearest)});
  }
  return asked;
}

}  // namespace

AttributeVocabulary AttributeVocabulary::build(const Dataset& train,
                                               const VocabularyOptions& options) {
  const ValueCounts counts = count_values(train);
  AttributeVocabulary vocabulary;
  vocabulary.num_products_ = train.size();
  for (const std::string& key : checked_keys(options.keys, counts)) {
    const size_t before = vocabulary.phrases_.size();
    for (const auto& [value, count] : counts.at(key)) {
      if (count < options.min_count) continue;
      vocabulary.phrases_.push_back(Attribute{key, value}.phrase());
      vocabulary.counts_.push_back(count);
      vocabulary.family_of_.push_back(static_cast<int64_t>(vocabulary.families_.size()));
    }
    if (vocabulary.phrases_.size() > before) {
      vocabulary.families_.push_back(key);
    } else if (!options.keys.empty()) {
      log_warning(
          "vocabulary: no value of '{}' is on {} training products or more, so the family is left "
          "out",
          key, options.min_count);
    }
  }
  if (vocabulary.size() < 2) {
    throw DataError(
        {.where = "vocabulary",
         .what = fmt::format("{} attribute phrase{} left of {} training products at min_count {}",
                             vocabulary.size(), vocabulary.size() == 1 ? " is" : "s are",
                             train.size(), options.min_count),
         .expected = "at least 2 to tell apart",
         .todo = "lower vocabulary.min_count, or name more vocabulary.keys"});
  }
  vocabulary.index_phrases();
  return vocabulary;
}

int64_t AttributeVocabulary::find(const std::string& phrase) const {
  const auto entry = column_.find(phrase);
  return entry == column_.end() ? -1 : entry->second;
}

void AttributeVocabulary::index_phrases() {
  for (int64_t i = 0; i < size(); ++i) {
    const std::string& phrase = phrases_[static_cast<size_t>(i)];
    if (!column_.emplace(phrase, i).second) {
      throw DataError({.where = "vocabulary",
                       .what = fmt::format("two attributes have the phrase '{}'", phrase),
                       .expected = "keys without ': ' in them"});
    }
  }
}

void AttributeVocabulary::save(const std::filesystem::path& file) const {
  const nlohmann::ordered_json json = {{"num_products", num_products_},
                                       {"families", families_},
                                       {"phrases", phrases_},
                                       {"family_of", family_of_},
                                       {"counts", counts_}};
  write_file(file, json.dump(1) + "\n");
}

AttributeVocabulary AttributeVocabulary::load(const std::filesystem::path& file) {
  const std::string text = read_file(file);
  AttributeVocabulary vocabulary;
  try {
    const nlohmann::json json = nlohmann::json::parse(text);
    json.at("num_products").get_to(vocabulary.num_products_);
    json.at("families").get_to(vocabulary.families_);
    json.at("phrases").get_to(vocabulary.phrases_);
    json.at("family_of").get_to(vocabulary.family_of_);
    json.at("counts").get_to(vocabulary.counts_);
  } catch (const nlohmann::json::exception& error) {
    throw DataError(
        {.where = file.string(), .what = fmt::format("is no saved vocabulary ({})", error.what())});
  }
  const auto num_families = static_cast<int64_t>(vocabulary.families_.size());
  const bool fits =
      vocabulary.family_of_.size() == vocabulary.phrases_.size() &&
      vocabulary.counts_.size() == vocabulary.phrases_.size() &&
      std::all_of(vocabulary.family_of_.begin(), vocabulary.family_of_.end(),
                  [&](int64_t family) { return family >= 0 && family < num_families; });
  if (!fits)
    throw DataError({.where = file.string(),
                     .what = "'phrases', 'family_of' and 'counts' do not fit together"});
  vocabulary.index_phrases();
  return vocabulary;
}

SparsePairs label_table(const Dataset& dataset, const AttributeVocabulary& vocabulary) {
  SparsePairs table;
  table.num_columns = vocabulary.size();
  std::vector<int64_t> columns;
  for (int64_t i = 0; i < dataset.size(); ++i) {
    columns.clear();
    for (const Attribute& attribute : dataset.record(i).attributes) {
      const int64_t column = vocabulary.find(attribute.phrase());
      if (column >= 0) columns.push_back(column);
    }
    std::sort(columns.begin(), columns.end());
    columns.erase(std::unique(columns.begin(), columns.end()), columns.end());
    table.add_row(columns);
  }
  return table;
}

}  // namespace twinset
