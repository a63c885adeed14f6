#include "experiments/pinlanding/records/intents.h"

#include "eval/judged/json_lines.h"

namespace twinset::pinlanding {
namespace {

constexpr const char* kIntentShape =
    R"({"query": "black dress", "searches": 31, "band": "head", "attributes": {"colour": ["black"]}, "clicks": {"42": 7}})";

}  // namespace

std::vector<Intent> read_intents(const std::filesystem::path& file) {
  std::vector<Intent> intents;
  for_each_json_line(file, kIntentShape, [&](const auto& json, const std::string& where) {
    Intent& intent = intents.emplace_back();
    intent.query = json.at("query").template get<std::string>();
    intent.searches = json.at("searches").template get<int64_t>();
    intent.band = json.at("band").template get<std::string>();
    for (auto& [family, value] : attributes_of_json(json.at("attributes")))
      intent.attributes.push_back({family, value});
    for (const auto& [product, number] : json.at("clicks").items())
      intent.clicks.emplace_back(product, number.template get<int64_t>());
    if (intent.searches < 1) {
      throw DataError({.where = where,
                       .what = fmt::format("'searches' is {}", intent.searches),
                       .expected = "at least 1"});
    }
  });
  if (intents.empty())
    throw DataError({.where = file.string(),
                     .what = "holds no query",
                     .expected = kIntentShape,
                     .todo = "run the stage demand with a search log"});
  return intents;
}

}  // namespace twinset::pinlanding
