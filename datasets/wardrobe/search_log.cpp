#include "datasets/wardrobe/search_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "datasets/wardrobe/clicks.h"
#include "datasets/wardrobe/layouts.h"
#include "datasets/wardrobe/synonyms.h"
#include "framework/core/atomic_file.h"
#include "framework/core/thread_pool.h"

namespace twinset::wardrobe {

namespace {

using Json = nlohmann::ordered_json;
using Wish = std::pair<Family, std::string_view>;

struct Query {
  std::vector<Wish> wishes;
  int64_t searches = 0;
  std::map<std::string, int64_t> clicks;
};

// In the order in which people type them; how often each is asked for.
constexpr std::pair<Family, double> kAsked[] = {
    {Family::kGender, .10},  {Family::kBrand, .07},    {Family::kStyle, .10},
    {Family::kFit, .07},     {Family::kColour, .46},   {Family::kPattern, .45},
    {Family::kSleeve, .09},  {Family::kNeckline, .06}, {Family::kLength, .14},
    {Family::kShape, .10},   {Family::kMaterial, .16}, {Family::kCategory, .96},
    {Family::kOccasion, .08}};

bool is_asked(Family family, std::string_view value) {
  if (family == Family::kPattern) return value != "solid";
  if (family == Family::kLength || family == Family::kFit)
    return value != "regular" && value != "full length";
  if (family == Family::kShape) return value != "straight";
  return !value.empty();
}

// A search is made by somebody who has a product in mind.
std::string make_query(const Product& product, CounterRandom& random, std::vector<Wish>& wishes) {
  std::string text;
  for (const auto& [family, probability] : kAsked) {
    const std::string_view value = product.get(family);
    if (value.empty() || !is_asked(family, value) || !random.bernoulli(probability)) continue;
    wishes.emplace_back(family, value);
    const auto& words = synonyms(family, value);
    const std::string_view word = words.size() > 1 && random.bernoulli(.15)
                                      ? words[1 + random.below(words.size() - 1)]
                                      : words.front();
    text += fmt::format("{}{}{}", text.empty() ? "" : " ",
                        family == Family::kOccasion && !text.empty() ? "for " : "", word);
  }
  return text;
}

bool satisfies(const Product& product, const std::vector<Wish>& wishes) {
  return std::all_of(wishes.begin(), wishes.end(),
                     [&](const Wish& wish) { return product.is(wish.first, wish.second); });
}

void click(const std::string& text, const std::vector<Product>& products, uint64_t seed,
           Query& query) {
  std::vector<int64_t> found;
  for (size_t i = 0; i < products.size(); ++i) {
    if (satisfies(products[i], query.wishes)) found.push_back(static_cast<int64_t>(i));
  }
  const auto clicks =
      simulate_clicks(std::move(found), std::ssize(products), query.searches, kStrayClick,
                      CounterRandom({seed, 0, purpose_id(text), "clicks"}));
  for (const auto& [product, number] : clicks)
    query.clicks[products[static_cast<size_t>(product)].id] += number;
}

}  // namespace

void write_search_log(const WardrobeOptions& options) {
  const bool women_only = options.layout == "fashion200k";
  std::vector<Product> products(
      static_cast<size_t>(std::min(options.num_products, kSearchedProducts)));
  parallel_for(static_cast<int64_t>(products.size()), num_threads_of(options), [&](int64_t i) {
    products[static_cast<size_t>(i)] = sample_product(options.seed, i, women_only);
  });
  std::map<std::string, Query> queries;
  for (int64_t i = 0; i < options.num_queries; ++i) {
    CounterRandom random(
        {static_cast<uint64_t>(options.seed), 0, static_cast<uint64_t>(i), "query"});
    std::vector<Wish> wishes;
    const std::string text = make_query(products[random.below(products.size())], random, wishes);
    if (text.empty()) continue;
    Query& query = queries[text];
    if (query.searches++ == 0) query.wishes = std::move(wishes);
  }
  std::vector<std::pair<const std::string, Query>*> order;
  for (auto& query : queries) order.push_back(&query);
  std::stable_sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
    return a->second.searches > b->second.searches;
  });
  parallel_for(static_cast<int64_t>(order.size()), num_threads_of(options), [&](int64_t i) {
    click(order[static_cast<size_t>(i)]->first, products, static_cast<uint64_t>(options.seed),
          order[static_cast<size_t>(i)]->second);
  });

  AtomicFile file(std::filesystem::path(options.folder) / "search_log.jsonl");
  for (const auto* query : order) {
    Json json = {{"query", query->first}};
    for (const auto& [family, value] : query->second.wishes)
      json["attributes"][std::string(family_name(family))] = value;
    json["searches"] = query->second.searches;
    json["clicks"] = query->second.clicks;
    file.write(json.dump() + "\n");
  }
  file.commit();
}

}  // namespace twinset::wardrobe
