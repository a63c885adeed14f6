#include "eval/judged/judged_precision.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "framework/core/error.h"

namespace twinset {
namespace {

bool asks_for(const Collection& collection, const std::vector<std::string>& keys) {
  return std::any_of(collection.attributes.begin(), collection.attributes.end(),
                     [&](const Attribute& attribute) {
                       return std::find(keys.begin(), keys.end(), attribute.key) != keys.end();
                     });
}

JudgedPrecision summary_of(const std::vector<double>& values) {
  JudgedPrecision summary{.num_collections = static_cast<int64_t>(values.size())};
  if (values.empty()) return summary;
  for (const double value : values) summary.mean += value / static_cast<double>(values.size());
  double squares = 0;
  for (const double value : values) squares += (value - summary.mean) * (value - summary.mean);
  if (values.size() > 1)
    summary.deviation = std::sqrt(squares / static_cast<double>(values.size() - 1));
  return summary;
}

void mark_best_system(Table& table) {
  for (size_t c = 0; c < table.columns.size() && table.rows.size() > 1; ++c) {
    std::set<double> values;
    for (const TableRow& row : table.rows) {
      if (row.cells[c].mean)
        values.insert(std::round(*row.cells[c].mean * std::pow(10, table.columns[c].digits)));
    }
    for (TableRow& row : table.rows) {
      TableCell& cell = row.cells[c];
      cell.is_best =
          cell.mean && values.size() > 1 &&
          std::round(*cell.mean * std::pow(10, table.columns[c].digits)) == *values.rbegin();
    }
  }
}

}  // namespace

AttributeFamilies read_families(const Node& node) {
  AttributeFamilies families;
  std::set<std::string> seen;
  if (!node.is_map())
    throw ConfigError({.where = node.where("families"),
                       .what = "is " + node.describe(),
                       .expected = "a map of family to keys"});
  for (const auto& [family, keys] : node.as_map()) {
    families.push_back({family, {}});
    if (!keys.is_list())
      throw ConfigError({.where = keys.where(family),
                         .what = "is " + keys.describe(),
                         .expected = "a list of attribute keys"});
    for (const Node& key : keys.as_list()) {
      if (!key.is_string() || !seen.insert(key.as_string()).second) {
        throw ConfigError({.where = key.where(family),
                           .what = "is " + key.describe(),
                           .expected = "attribute keys, each in one family"});
      }
      families.back().second.push_back(key.as_string());
    }
  }
  return families;
}

std::vector<JudgedSystem> judge_systems(const std::vector<CollectionSystem>& systems,
                                        const Judgments& judgments,
                                        const AttributeFamilies& families, size_t k) {
  std::vector<JudgedSystem> results;
  for (const CollectionSystem& system : systems) {
    JudgedSystem& result = results.emplace_back();
    result.name = system.name;
    std::vector<double> all;
    std::vector<std::vector<double>> by_family(families.size());
    for (const Collection& collection : system.collections) {
      double satisfied = 0;
      int64_t judged = 0;
      for (size_t i = 0; i < std::min(k, collection.products.size()); ++i) {
        const auto verdict = judgments.verdict(collection.title, collection.products[i]);
        satisfied += verdict.value_or(0);
        judged += verdict.has_value();
        result.num_unjudged += !verdict.has_value();
      }
      result.by_collection.push_back(judged == 0 ? std::nan("")
                                                 : satisfied / static_cast<double>(judged));
      if (judged == 0) continue;
      all.push_back(result.by_collection.back());
      for (size_t f = 0; f < families.size(); ++f) {
        if (asks_for(collection, families[f].second)) by_family[f].push_back(all.back());
      }
    }
    result.overall = summary_of(all);
    for (const auto& values : by_family) result.families.push_back(summary_of(values));
  }
  return results;
}

Table judged_table(const std::vector<JudgedSystem>& systems, const AttributeFamilies& families,
                   size_t k) {
  Table table{.caption = fmt::format("Precision@{}: share of products that satisfy every attribute "
                                     "of their collection's title; by family, "
                                     "over the collections whose title asks for it",
                                     k)};
  table.label_titles = {"system", "collections"};
  table.has_counts = false;
  table.columns = {{.metric = "overall", .title = "overall"}};
  std::vector<size_t> shown;
  for (size_t f = 0; f < families.size(); ++f) {
    if (std::any_of(systems.begin(), systems.end(),
                    [&](const JudgedSystem& s) { return s.families[f].num_collections > 0; })) {
      shown.push_back(f);
      table.columns.push_back({.metric = families[f].first, .title = families[f].first});
    }
  }
  for (const JudgedSystem& system : systems) {
    TableRow& row = table.rows.emplace_back();
    row.labels = {system.name, fmt::format("{}", system.overall.num_collections)};
    row.num_runs = 1;
    const auto cell = [](const JudgedPrecision& precision) {
      return precision.num_collections == 0 ? TableCell{} : TableCell{.mean = precision.mean};
    };
    row.cells.push_back(cell(system.overall));
    for (const size_t f : shown) row.cells.push_back(cell(system.families[f]));
    if (system.num_unjudged > 0) {
      table.notes.emplace_back(
          fmt::format("{}:", system.name),
          fmt::format("{} products were not judged and are left out", system.num_unjudged));
    }
  }
  mark_best_system(table);
  return table;
}

}  // namespace twinset
