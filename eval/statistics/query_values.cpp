#include "eval/statistics/query_values.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <unordered_map>

#include "framework/core/atomic_file.h"
#include "framework/core/error.h"

namespace twinset {
namespace {

std::unordered_map<std::string, size_t> places_of(const QueryValues& values) {
  std::unordered_map<std::string, size_t> places;
  for (size_t i = 0; i < values.queries.size(); ++i) {
    if (places.emplace(values.queries[i], i).second) continue;
    throw DataError({.where = values.metric,
                     .what = fmt::format("query '{}' occurs twice", values.queries[i]),
                     .expected = "one value a query"});
  }
  return places;
}

}  // namespace

void write_query_values(const std::filesystem::path& file,
                        const std::vector<QueryValues>& metrics) {
  auto json = nlohmann::ordered_json::object();
  for (const QueryValues& metric : metrics)
    json[metric.metric] = {{"queries", metric.queries}, {"values", metric.values}};
  write_file(file, json.dump() + "\n");
}

std::vector<QueryValues> read_query_values(const std::filesystem::path& file) {
  const auto fail = [&](const std::string& what) {
    throw DataError(
        {.where = file.string(),
         .what = what,
         .expected =
             "{metric: {\"queries\": [ids], \"values\": [numbers]}}, as twinset eval writes it"});
  };
  const auto json =
      nlohmann::ordered_json::parse(read_file(file), nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) fail("is no JSON object");
  std::vector<QueryValues> metrics;
  for (const auto& [name, entry] : json.items()) {
    try {
      metrics.push_back({name, entry.at("queries").get<std::vector<std::string>>(),
                         entry.at("values").get<std::vector<double>>()});
    } catch (const nlohmann::json::exception&) {
      fail("'" + name + "' is of another shape");
    }
    if (metrics.back().queries.size() != metrics.back().values.size())
      fail("'" + name + "' has not one value a query");
  }
  return metrics;
}

std::filesystem::path query_values_file(const std::filesystem::path& run_folder,
                                        const std::string& split) {
  return run_folder / ("queries." + split + ".json");
}

PairedValues pair_by_query(const QueryValues& first, const QueryValues& second) {
  places_of(first);
  const auto places = places_of(second);
  PairedValues paired;
  for (size_t i = 0; i < first.queries.size(); ++i) {
    const auto place = places.find(first.queries[i]);
    if (place == places.end()) continue;
    paired.first.push_back(first.values[i]);
    paired.second.push_back(second.values[place->second]);
  }
  if (paired.first.empty()) {
    throw DataError({.where = first.metric,
                     .what = fmt::format("{} queries and {} queries have none in common",
                                         first.queries.size(), second.queries.size()),
                     .expected = "values of the same queries",
                     .todo = "compare runs on the same split"});
  }
  return paired;
}

QueryValues mean_over_runs(const std::vector<QueryValues>& runs) {
  TWINSET_CHECK(!runs.empty(), "a mean over runs has a run");
  QueryValues result{runs.front().metric, {}, {}};
  std::vector<std::unordered_map<std::string, size_t>> places;
  for (const QueryValues& run : runs) places.push_back(places_of(run));
  for (const std::string& query : runs.front().queries) {
    double sum = 0.0;
    size_t count = 0;
    for (size_t r = 0; r < runs.size(); ++r) {
      const auto place = places[r].find(query);
      if (place == places[r].end()) break;
      sum += runs[r].values[place->second];
      ++count;
    }
    if (count < runs.size()) continue;
    result.queries.push_back(query);
    result.values.push_back(sum / static_cast<double>(count));
  }
  return result;
}

}  // namespace twinset
