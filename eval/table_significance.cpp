#include "eval/table_significance.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "eval/statistics/paired_tests.h"
#include "eval/statistics/query_values.h"
#include "framework/core/error.h"

namespace twinset {
namespace {

using Choices = std::map<std::string, std::string>;

Choices reference_of(const Node& node) {
  Choices reference;
  for (const auto& [key, value] : node.as_map())
    reference[key] = value.is_string() ? value.as_string() : to_json(value).dump();
  return reference;
}

Choices choices_of(const Table& table, const TableRow& row, const std::vector<RunResult>& runs) {
  Choices choices;
  for (const std::string& key : table.label_keys) choices[key] = runs[row.runs[0]].choice(key);
  return choices;
}

void check_reference(const Table& table, const Choices& reference,
                     const std::vector<RunResult>& runs) {
  for (const auto& [key, value] : reference) {
    if (std::find(table.label_keys.begin(), table.label_keys.end(), key) == table.label_keys.end())
      throw_unknown_name("table.significance.reference", "choice that varies", key,
                         table.label_keys);
    std::vector<std::string> values;
    for (const RunResult& run : runs) {
      if (std::find(values.begin(), values.end(), run.choice(key)) == values.end())
        values.push_back(run.choice(key));
    }
    if (std::find(values.begin(), values.end(), value) == values.end())
      throw_unknown_name("table.significance.reference." + key, "value", value, values);
  }
}

// The values of a row's runs, read once: metric to one entry a run.
using RowQueries = std::map<std::string, std::vector<QueryValues>>;

RowQueries read_queries(const TableRow& row, const std::vector<RunResult>& runs,
                        const std::string& split) {
  RowQueries queries;
  for (const size_t r : row.runs) {
    const auto file = query_values_file(runs[r].folder, split);
    if (!runs[r].failure.empty() || !std::filesystem::exists(file)) continue;
    for (QueryValues& values : read_query_values(file))
      queries[values.metric].push_back(std::move(values));
  }
  return queries;
}

struct Tested {
  TableCell* cell;
  double p_value;
};

}  // namespace

void mark_significance(Table& table, const std::vector<RunResult>& runs,
                       const TableOptions& options) {
  if (!options.significance) return;
  const Choices reference = reference_of(options.significance->reference);
  check_reference(table, reference, runs);
  std::map<Choices, const TableRow*> rows;
  std::map<const TableRow*, RowQueries> queries;
  for (const TableRow& row : table.rows) {
    if (!row.is_baseline)
      rows[choices_of(table, row, runs)] = &row,
                                  queries[&row] = read_queries(row, runs, options.split);
  }
  std::vector<Tested> tested;
  for (TableRow& row : table.rows) {
    if (row.is_baseline) continue;
    Choices wanted = choices_of(table, row, runs);
    for (const auto& [key, value] : reference) wanted[key] = value;
    const auto found = rows.find(wanted);
    if (found == rows.end() || found->second == &row) continue;
    for (size_t c = 0; c < table.columns.size(); ++c) {
      const auto own = queries[&row].find(table.columns[c].metric),
                 other = queries[found->second].find(table.columns[c].metric);
      if (own == queries[&row].end() || other == queries[found->second].end()) continue;
      const PairedValues pair =
          pair_by_query(mean_over_runs(other->second), mean_over_runs(own->second));
      tested.push_back({&row.cells[c], paired_permutation_test(pair.first, pair.second).p_value});
    }
  }
  std::string wanted;
  for (const auto& [key, value] : reference)
    wanted += fmt::format("{}{} = {}", wanted.empty() ? "" : ", ", key, value);
  if (tested.empty()) {
    table.notes.emplace_back(
        "*",
        fmt::format("not tested against {}: the runs kept no values of single queries", wanted));
    return;
  }
  std::vector<double> p_values;
  for (const Tested& test : tested) p_values.push_back(test.p_value);
  const std::vector<double> adjusted = holm_adjusted(p_values);
  for (size_t t = 0; t < tested.size(); ++t)
    tested[t].cell->is_significant = adjusted[t] < options.significance->level;
  table.notes.emplace_back("*", fmt::format("differs from the row with {} that is otherwise the "
                                            "same: paired permutation test over queries, "
                                            "{} comparisons, p < {} after Holm; without it no "
                                            "difference was found, or none was looked for",
                                            wanted, tested.size(), options.significance->level));
}

}  // namespace twinset
