#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "eval/judged/collection.h"
#include "eval/judged/json_lines.h"
#include "eval/tuple_scores.h"
#include "experiments/twinset/commands/commands.h"
#include "experiments/twinset/evaluated_run.h"

namespace twinset {
namespace {

constexpr const char* kLogShape =
    R"({"query": "...", "attributes": {"colour": "black"}, "searches": 3, "clicks": {"42": 2}})";

// The log's own answer to a query: what was clicked, the most clicked first. Queries with fewer
// than k clicked products have no collection of k.
std::vector<Collection> collections_of_log(const std::filesystem::path& log, size_t k,
                                           size_t limit) {
  std::vector<Collection> collections;
  for_each_json_line(log, kLogShape, [&](const auto& json, const std::string&) {
    if (collections.size() >= limit) return;
    std::vector<std::pair<std::string, int64_t>> clicks;
    for (const auto& [product, number] : json.at("clicks").items())
      clicks.emplace_back(product, number.template get<int64_t>());
    if (clicks.size() < k) return;
    std::stable_sort(clicks.begin(), clicks.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    Collection& collection = collections.emplace_back();
    collection.title = json.at("query").template get<std::string>();
    for (const auto& [key, value] : attributes_of_json(json.at("attributes")))
      collection.attributes.push_back({key, value});
    for (size_t i = 0; i < k; ++i) collection.products.push_back(clicks[i].first);
  });
  return collections;
}

// The whole catalogue under a run.
struct ScoredCatalogue {
  std::vector<std::string> ids;
  WithinFamilyScores scores;
  AttributeVocabulary vocabulary;
};

ScoredCatalogue score_catalogue(const std::filesystem::path& folder, const Plugins& plugins) {
  ScoredCatalogue catalogue;
  for (const char* split : {"train", "val", "test"}) {
    const EvaluatedRun run = evaluate_products(folder, plugins, split);
    const Dataset& dataset = *run.data.split(split).dataset;
    for (const int64_t sample : run.embedded.samples)
      catalogue.ids.push_back(dataset.record(sample).id);
    catalogue.vocabulary = run.data.vocabulary;
    catalogue.scores.add(*run.scores, run.data.vocabulary, run.model.loss->inverse_temperature());
  }
  return catalogue;
}

}  // namespace

int collections_command(const CommandLine& line, const Plugins& plugins) {
  std::vector<std::string> rest = line.overrides;
  const auto run = take_override(rest, "run"), log = take_override(rest, "search_log"),
             out = take_override(rest, "out");
  const auto k = static_cast<size_t>(whole_number("k", take_override(rest, "k").value_or("10"), 1));
  const auto limit =
      static_cast<size_t>(whole_number("limit", take_override(rest, "limit").value_or("1000"), 1));
  if (!rest.empty())
    throw_unknown_name("", "key", rest[0].substr(0, rest[0].find('=')),
                       {"run", "search_log", "out", "k", "limit"});
  if (!run || !log || !out) {
    throw ConfigError(
        {.what = "a run, a search log or a folder is not named",
         .expected = "run=FOLDER search_log=FILE out=FOLDER",
         .todo = "for example: twinset collections run=outputs/RUN "
                 "search_log=outputs/data/wardrobe/search_log.jsonl out=outputs/collections"});
  }
  std::vector<Collection> of_log = collections_of_log(*log, k, limit), of_run, common;
  const ScoredCatalogue catalogue = score_catalogue(*run, plugins);
  size_t num_unknown = 0;
  for (const Collection& collection : of_log) {
    std::vector<int64_t> columns;
    for (const Attribute& attribute : collection.attributes)
      columns.push_back(catalogue.vocabulary.find(attribute.phrase()));
    // A title with a word outside the vocabulary has no answer of the run; both systems are
    // compared on the same titles.
    if (std::find(columns.begin(), columns.end(), -1) != columns.end()) {
      ++num_unknown;
      continue;
    }
    common.push_back(collection);
    Collection& answer =
        of_run.emplace_back(Collection{collection.title, collection.attributes, {}});
    for (const int64_t i : catalogue.scores.top_products(columns, static_cast<int64_t>(k)))
      answer.products.push_back(catalogue.ids[static_cast<size_t>(i)]);
  }
  if (common.empty()) {
    throw DataError({.where = *log,
                     .what = fmt::format(
                         "no query has {} clicked products and attributes that the run knows", k),
                     .expected = "at least one",
                     .todo = "a larger log, or a smaller k"});
  }
  write_collections(common, std::filesystem::path(*out) / "search_log.jsonl");
  write_collections(of_run, std::filesystem::path(*out) / "model.jsonl");
  std::puts(fmt::format("{} titles; {} more ask for an attribute outside the vocabulary\nwritten "
                        "to {}: search_log.jsonl, model.jsonl",
                        common.size(), num_unknown, *out)
                .c_str());
  return 0;
}

}  // namespace twinset
