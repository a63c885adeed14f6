#include "experiments/pinlanding/judge/judge_tables.h"

#include <fmt/format.h>

#include "framework/core/error.h"

namespace twinset::pinlanding {
namespace {

constexpr const char* kMark = "[1]";
constexpr const char* kReported =
    "reported elsewhere, on other data and by other judges: PinLanding, arXiv:2503.00619; not "
    "reproduced here";

// A row of the paper's; cells that it does not report stay empty.
TableRow reported_row(const Table& table, const std::string& name,
                      const std::vector<std::pair<std::string, double>>& values) {
  TableRow row{.is_baseline = true, .note = kMark};
  row.labels.assign(table.label_titles.size(), "");
  row.labels[0] = name;
  for (const ColumnOptions& column : table.columns) {
    TableCell& cell = row.cells.emplace_back();
    for (const auto& [metric, value] : values) {
      if (metric == column.metric) cell.mean = value;
    }
  }
  return row;
}

}  // namespace

Table precision_table(const std::vector<JudgedSystem>& systems, const AttributeFamilies& families,
                      size_t k) {
  Table table = judged_table(systems, families, k);
  table.rows.push_back(reported_row(table, "PinLanding's paper",
                                    {{"overall", 0.96}, {"style", 1.0}, {"brand", 1.0}}));
  table.rows.push_back(reported_row(table, "its search-log baseline", {{"overall", 0.84}}));
  table.notes.emplace_back(kMark, kReported);
  return table;
}

Table topics_table(const std::vector<TopicCounts>& systems) {
  Table table{.caption =
                  "Topics: distinct sets of attributes; those among the first collections whose "
                  "mean precision is at least the "
                  "baseline's; share of the searches with a known attribute that a collection asks "
                  "for exactly, or asks for and more"};
  table.label_titles = {"system"};
  table.has_counts = false;
  table.columns = {
      {.metric = "collections", .title = "collections", .digits = 0},
      {.metric = "topics", .title = "topics", .digits = 0},
      {.metric = "topics_ratio", .title = "times the baseline's", .digits = 2},
      {.metric = "topics_at_precision", .title = "topics at the baseline's precision", .digits = 0},
      {.metric = "topics_at_precision_ratio", .title = "times the baseline's", .digits = 2},
      {.metric = "exact", .title = "demand met exactly"},
      {.metric = "answered", .title = "demand answered"}};
  const auto number = [](auto value) { return TableCell{.mean = static_cast<double>(value)}; };
  const auto ratio = [](int64_t a, int64_t b) {
    return b == 0 ? TableCell{}
                  : TableCell{.mean = static_cast<double>(a) / static_cast<double>(b)};
  };
  for (const TopicCounts& system : systems) {
    TableRow& row = table.rows.emplace_back();
    row.labels = {system.name};
    row.num_runs = 1;
    row.cells = {number(system.num_collections),
                 number(system.num_topics),
                 ratio(system.num_topics, systems.back().num_topics),
                 number(system.num_at_precision),
                 ratio(system.num_at_precision, systems.back().num_at_precision),
                 number(system.coverage.exact),
                 number(system.coverage.answered)};
  }
  table.rows.push_back(reported_row(table, "PinLanding's paper", {{"topics_ratio", 4.0}}));
  table.notes.emplace_back(kMark, kReported);
  return table;
}

Table recall_table(const RunResult& run, const std::string& split) {
  Table table{.caption = "Product to attribute: each product of the " + split +
                         " split ranks the vocabulary"};
  table.label_titles = {"system"};
  table.has_counts = false;
  TableRow row{.labels = {"trained encoder"}, .num_runs = 1};
  for (const char* name : {"hit@1", "hit@6", "hit@10", "recall@6", "recall@10", "map"}) {
    const double* value = run.find(split, std::string("product_to_attribute.") + name);
    if (value == nullptr) continue;
    table.columns.push_back({.metric = name, .title = name});
    row.cells.push_back({.mean = *value});
  }
  if (table.columns.empty()) {
    throw ConfigError(
        {.where = "judge.split",
         .what = "the run has no product_to_attribute numbers of the split '" + split + "'",
         .expected = "a split that it was evaluated on"});
  }
  table.rows.push_back(row);
  table.rows.push_back(
      reported_row(table, "PinLanding's paper, Recall@10", {{"recall@10", 0.997}}));
  table.notes.emplace_back(
      kMark, std::string(kReported) +
                 "; on Fashion200K, by a definition of Recall@10 that the abstract does not give");
  return table;
}

}  // namespace twinset::pinlanding
