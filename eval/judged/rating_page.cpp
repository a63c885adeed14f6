#include "eval/judged/rating_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "eval/data_uri.h"
#include "eval/judged/rating_page_html.h"
#include "framework/core/atomic_file.h"
#include "framework/core/error.h"
#include "framework/core/random.h"

namespace twinset {
namespace {

using Json = nlohmann::ordered_json;

template <class T>
std::vector<T> shuffled(const std::vector<T>& values, uint64_t seed, std::string_view purpose,
                        uint64_t sample) {
  std::vector<T> result;
  for (const int64_t i : random_permutation(static_cast<int64_t>(values.size()),
                                            CounterRandom({seed, 0, sample, purpose})))
    result.push_back(values[static_cast<size_t>(i)]);
  return result;
}

// Titles in a drawn order, those of every system first.
std::vector<std::string> drawn_titles(const std::vector<CollectionSystem>& systems,
                                      size_t max_titles, uint64_t seed) {
  std::map<std::string, size_t> count;
  for (const CollectionSystem& system : systems) {
    for (const Collection& collection : system.collections) ++count[collection.title];
  }
  std::vector<std::string> titles;
  for (const auto& [title, number] : count) titles.push_back(title);
  titles = shuffled(titles, seed, "titles", 0);
  std::stable_sort(titles.begin(), titles.end(),
                   [&](const auto& a, const auto& b) { return count[a] > count[b]; });
  if (max_titles > 0 && titles.size() > max_titles) titles.resize(max_titles);
  return titles;
}

const Collection* find_title(const CollectionSystem& system, const std::string& title) {
  for (const Collection& collection : system.collections) {
    if (collection.title == title) return &collection;
  }
  return nullptr;
}

Json key_of(const RatingPage& page) {
  Json key = {{"format", "twinset.rating_key"},
              {"version", 1},
              {"page", page.digest},
              {"items", Json::object()}};
  for (const RatingItem& item : page.items)
    key["items"][item.id] = {
        {"system", item.system}, {"title", item.title}, {"products", item.products}};
  return key;
}

std::string replaced(std::string text, const std::string& mark, const std::string& value) {
  const size_t at = text.find(mark);
  TWINSET_CHECK(at != std::string::npos, mark);
  return text.replace(at, mark.size(), value);
}

// JSON inside <script>: "</script>" in a title must not end it.
std::string script_json(const Json& json) {
  std::string text = json.dump(), safe;
  for (const char c : text) safe += c == '<' ? std::string("\\u003c") : std::string(1, c);
  return safe;
}

Json parse_file(const std::filesystem::path& file, const std::string& format) {
  Json json = Json::parse(read_file(file), nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || json.value("format", "") != format || json.value("version", 0) != 1) {
    throw DataError({.where = file.string(),
                     .what = "is no " + format + " of version 1",
                     .expected = "a file that twinset's rating page made"});
  }
  return json;
}

void add_ratings(const Json& ratings, const Json& items, const std::string& rater,
                 const std::string& where, Judgments& judgments) {
  for (const auto& [id, verdicts] : ratings.at("verdicts").items()) {
    if (!items.contains(id))
      throw DataError(
          {.where = where, .what = "rates the item '" + id + "'", .expected = "items of the key"});
    const auto products = items[id].at("products").get<std::vector<std::string>>();
    if (!verdicts.is_array() || verdicts.size() != products.size()) {
      throw DataError({.where = where,
                       .what = "has another number of verdicts for the item '" + id + "'",
                       .expected = fmt::format("{}", products.size())});
    }
    for (size_t i = 0; i < products.size(); ++i) {
      std::optional<double> value;
      if (!verdicts[i].is_null()) value = verdicts[i].get<bool>() ? 1.0 : 0.0;
      judgments.add(rater, items[id].at("title").get<std::string>(), products[i], value);
    }
  }
}

}  // namespace

RatingPage make_rating_page(const std::vector<CollectionSystem>& systems, size_t k,
                            size_t max_titles, uint64_t seed) {
  std::vector<RatingItem> items;
  for (const std::string& title : drawn_titles(systems, max_titles, seed)) {
    for (const CollectionSystem& system : systems) {
      const Collection* collection = find_title(system, title);
      if (collection == nullptr) continue;
      std::vector<std::string> products(
          collection->products.begin(),
          collection->products.begin() +
              static_cast<ptrdiff_t>(std::min(k, collection->products.size())));
      items.push_back({.id = "",
                       .system = system.name,
                       .title = title,
                       .products = shuffled(products, seed, "products", items.size())});
    }
  }
  RatingPage page{.digest = "", .items = shuffled(items, seed, "items", 0)};
  for (size_t i = 0; i < page.items.size(); ++i) page.items[i].id = fmt::format("{:04}", i + 1);
  page.digest = digest(from_json(key_of(page)));
  return page;
}

void write_rating_page(const RatingPage& page,
                       const std::function<std::string(const std::string&)>& image,
                       const std::filesystem::path& folder) {
  Json data = {{"page", page.digest}, {"items", Json::array()}, {"images", Json::object()}};
  for (const RatingItem& item : page.items) {
    data["items"].push_back({{"id", item.id}, {"title", item.title}, {"products", Json::array()}});
    for (const std::string& product : item.products) {
      // A number, not the product's id: ids could tell a system's taste.
      if (!data["images"].contains(product))
        data["images"][product] = image_data_uri(image(product), "product '" + product + "'");
    }
  }
  Json images = Json::array();
  std::map<std::string, size_t> number;
  for (const auto& [product, uri] : data["images"].items()) {
    number[product] = images.size();
    images.push_back(uri);
  }
  for (size_t i = 0; i < page.items.size(); ++i) {
    for (const std::string& product : page.items[i].products)
      data["items"][i]["products"].push_back(number.at(product));
  }
  data["images"] = images;
  write_file(folder / "key.json", key_of(page).dump(1) + "\n");
  write_file(folder / "rate.html", replaced(kRatingPage, "/*DATA*/", script_json(data)));
}

Judgments read_ratings(const std::vector<std::filesystem::path>& ratings,
                       const std::filesystem::path& key) {
  const Json known = parse_file(key, "twinset.rating_key");
  Judgments judgments;
  std::set<std::string> raters;
  for (const auto& file : ratings) {
    const Json json = parse_file(file, "twinset.ratings");
    try {
      const auto rater = json.at("rater").get<std::string>();
      if (json.at("page") != known.at("page")) {
        throw DataError(
            {.where = file.string(),
             .what = "rates the page " + json.at("page").dump(),
             .expected = "the page " + known.at("page").dump() + " of " + key.string()});
      }
      if (!raters.insert(rater).second)
        throw DataError({.where = file.string(),
                         .what = "is a second file of the rater '" + rater + "'",
                         .expected = "one file a rater"});
      add_ratings(json, known.at("items"), rater, file.string(), judgments);
    } catch (const nlohmann::json::exception& error) {
      throw DataError({.where = file.string(),
                       .what = error.what(),
                       .expected = "ratings that the page exported"});
    }
  }
  return judgments;
}

}  // namespace twinset
