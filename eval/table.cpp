#include "eval/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iterator>
#include <set>

#include "framework/core/error.h"
#include "framework/core/nearest_name.h"

namespace twinset {
namespace {

constexpr const char* kSeed = "seed";

// The keys of choices in order of first appearance, the seed aside.
std::vector<std::string> choice_keys(const std::vector<RunResult>& runs) {
  std::vector<std::string> keys;
  for (const RunResult& run : runs) {
    for (const auto& [key, value] : run.choices) {
      if (key != kSeed && std::find(keys.begin(), keys.end(), key) == keys.end())
        keys.push_back(key);
    }
  }
  return keys;
}

bool varies(const std::vector<RunResult>& runs, const std::string& key) {
  return std::any_of(runs.begin(), runs.end(),
                     [&](const RunResult& run) { return run.choice(key) != runs[0].choice(key); });
}

TableCell cell_of(const std::vector<double>& values) {
  TableCell cell;
  if (values.empty()) return cell;
  double sum = 0.0, squares = 0.0;
  for (const double value : values) sum += value;
  cell.mean = sum / static_cast<double>(values.size());
  for (const double value : values) squares += (value - *cell.mean) * (value - *cell.mean);
  if (values.size() > 1)
    cell.deviation = std::sqrt(squares / static_cast<double>(values.size() - 1));
  return cell;
}

struct Group {
  std::vector<std::string> labels;
  std::vector<const RunResult*> runs;
};

std::vector<Group> group_runs(const std::vector<RunResult>& runs,
                              const std::vector<std::string>& keys) {
  std::vector<Group> groups;
  for (const RunResult& run : runs) {
    std::vector<std::string> labels;
    for (const std::string& key : keys) labels.push_back(run.choice(key));
    auto group = std::find_if(groups.begin(), groups.end(),
                              [&](const Group& g) { return g.labels == labels; });
    if (group == groups.end()) group = groups.insert(groups.end(), Group{labels, {}});
    for (const RunResult* other : group->runs) {
      if (other->choice(kSeed) != run.choice(kSeed)) continue;
      throw DataError(
          {.where = run.folder.string(),
           .what = fmt::format("has the same choices and seed as {}", other->folder.string()),
           .expected = "runs that differ in a choice or in the seed",
           .todo = "take one of them out of the list"});
    }
    group->runs.push_back(&run);
  }
  return groups;
}

TableRow row_of(const Group& group, const std::vector<ColumnOptions>& columns,
                const std::string& split) {
  TableRow row{.labels = group.labels};
  for (const RunResult* run : group.runs) ++(run->failure.empty() ? row.num_runs : row.num_failed);
  for (const ColumnOptions& column : columns) {
    std::vector<double> values;
    for (const RunResult* run : group.runs) {
      const double* value = run->failure.empty() ? run->find(split, column.metric) : nullptr;
      if (value != nullptr) values.push_back(*value);
    }
    row.cells.push_back(cell_of(values));
  }
  return row;
}

TableRow row_of(const BaselineResult& baseline, const std::vector<ColumnOptions>& columns,
                size_t num_labels) {
  TableRow row{.is_baseline = true, .labels = std::vector<std::string>(num_labels)};
  row.labels[0] = baseline.name;
  for (const ColumnOptions& column : columns) {
    const double* value = find_metric(baseline.metrics, column.metric);
    row.cells.push_back(value == nullptr ? TableCell{} : TableCell{.mean = *value});
  }
  return row;
}

[[noreturn]] void throw_unknown_metric(const std::string& metric,
                                       const std::vector<RunResult>& runs,
                                       const std::string& split) {
  std::set<std::string> names;
  for (const RunResult& run : runs) {
    for (const std::string& name : run.metric_names(split)) names.insert(name);
  }
  const std::vector<std::string> known(names.begin(), names.end());
  const std::string nearest = nearest_name(metric, known);
  std::string todo = nearest.empty() ? "" : fmt::format("did you mean '{}'?", nearest);
  if (known.empty()) todo = "no run has metrics of this split";
  throw ConfigError({.where = "table.columns",
                     .what = fmt::format("no run has the metric '{}'", metric),
                     .expected = fmt::format("one of the {} that the runs have on the split '{}'",
                                             known.size(), split),
                     .todo = todo});
}

bool has_value(const std::vector<RunResult>& runs, const std::vector<BaselineResult>& baselines,
               const ColumnOptions& column, const std::string& split) {
  return std::any_of(
             runs.begin(), runs.end(),
             [&](const RunResult& run) { return run.find(split, column.metric) != nullptr; }) ||
         std::any_of(baselines.begin(), baselines.end(), [&](const BaselineResult& baseline) {
           return find_metric(baseline.metrics, column.metric) != nullptr;
         });
}

// Sources become footnotes, one for each, so that the same paper is named once.
void add_sources(Table& table, const std::vector<BaselineResult>& baselines) {
  std::vector<std::string> sources;
  bool is_any_unverified = false;
  for (size_t b = 0; b < baselines.size(); ++b) {
    if (baselines[b].source.empty()) continue;
    auto found = std::find(sources.begin(), sources.end(), baselines[b].source);
    if (found == sources.end()) {
      found = sources.insert(found, baselines[b].source);
      table.notes.emplace_back(fmt::format("[{}]", sources.size()), baselines[b].source);
    }
    table.rows[b].note =
        fmt::format("[{}]{}", found - sources.begin() + 1, baselines[b].is_verified ? "" : "?");
    is_any_unverified = is_any_unverified || !baselines[b].is_verified;
  }
  if (is_any_unverified)
    table.notes.emplace_back("?", "as published, not compared with the source");
}

// The group's key first, then rows in the order that was asked for; equal ones keep the order of
// the runs.
void arrange(std::vector<Group>& groups, std::vector<std::string>& keys,
             const RowOptions& options) {
  if (!options.group_by.empty()) {
    const auto key = std::find(keys.begin(), keys.end(), options.group_by);
    if (key == keys.end())
      throw_unknown_name("table.rows.group_by", "choice that varies", options.group_by, keys);
    const auto k = key - keys.begin();
    std::rotate(keys.begin(), key, key + 1);
    for (Group& group : groups)
      std::rotate(group.labels.begin(), group.labels.begin() + k, group.labels.begin() + k + 1);
  }
  const auto rank = [&](const std::string& value) {
    return std::find(options.order.begin(), options.order.end(), value) - options.order.begin();
  };
  std::vector<std::string> seen;
  for (const Group& group : groups) seen.push_back(group.labels[0]);
  const auto place = [&](const Group& group) {
    std::vector<ptrdiff_t> places;
    for (const std::string& label : group.labels) places.push_back(rank(label));
    // A group without a wanted order stays where its first run is.
    if (!options.group_by.empty()) {
      places.insert(places.begin() + 1,
                    std::find(seen.begin(), seen.end(), group.labels[0]) - seen.begin());
    }
    return places;
  };
  std::stable_sort(groups.begin(), groups.end(),
                   [&](const Group& a, const Group& b) { return place(a) < place(b); });
}

std::string printed(const std::string& name, const Node& names) {
  const Node* text = names.find(name);
  return text == nullptr ? name : text->is_string() ? text->as_string() : name;
}

// One run's own name; of several, which differ in their seed, the folder's that holds them.
std::string name_of_all(const std::vector<RunResult>& runs) {
  const std::filesystem::path parent = runs[0].folder.parent_path();
  const bool is_shared = std::all_of(runs.begin(), runs.end(), [&](const RunResult& run) {
    return run.folder.parent_path() == parent;
  });
  return runs.size() == 1 || !is_shared || parent.filename().empty() ? runs[0].name
                                                                     : parent.filename().string();
}

// Compares numbers as they are displayed, so that two equal-looking ones are both in bold.
void mark_best(Table& table) {
  for (size_t c = 0; c < table.columns.size(); ++c) {
    const ColumnOptions& column = table.columns[c];
    const auto displayed = [&](const TableRow& row) {
      const double value =
          std::round(*row.cells[c].mean * column.scale * std::pow(10, column.digits));
      return column.higher_is_better ? value : -value;
    };
    std::optional<double> best, second;
    std::set<double> distinct;
    const auto is_candidate = [&](const TableRow& row) {
      return !row.is_baseline && row.cells[c].mean.has_value();
    };
    for (const TableRow& row : table.rows) {
      if (!is_candidate(row)) continue;
      best = std::max(best.value_or(displayed(row)), displayed(row));
      distinct.insert(displayed(row));
    }
    // Of two values, the second best would be the worst.
    if (distinct.size() > 2) second = *std::prev(distinct.end(), 2);
    for (TableRow& row : table.rows) {
      row.cells[c].is_best = is_candidate(row) && displayed(row) == *best;
      row.cells[c].is_second = is_candidate(row) && second && displayed(row) == *second;
    }
  }
}

}  // namespace

Table make_table(const std::vector<RunResult>& runs, const std::vector<BaselineResult>& baselines,
                 const TableOptions& options) {
  if (runs.empty())
    throw ConfigError({.where = "table", .what = "there are no runs", .expected = "at least one"});
  Table table{.caption = options.caption};
  for (const ColumnOptions& column : options.columns) {
    if (has_value(runs, baselines, column, options.split)) {
      table.columns.push_back(column);
    } else if (!column.is_optional) {
      throw_unknown_metric(column.metric, runs, options.split);
    }
  }
  std::vector<std::string> varying;
  for (const std::string& key : choice_keys(runs)) {
    if (varies(runs, key)) {
      varying.push_back(key);
    } else {
      table.constants.emplace_back(key, runs[0].choice(key));
    }
  }
  auto groups = group_runs(runs, varying);
  if (varying.empty()) {
    table.label_titles = {"run"};
    groups[0].labels = {name_of_all(runs)};
  } else {
    arrange(groups, varying, options.rows);
    table.label_keys = varying;
    for (const std::string& key : varying)
      table.label_titles.push_back(printed(key, options.rows.names));
  }
  std::vector<BaselineResult> references = options.literature;
  references.insert(references.end(), baselines.begin(), baselines.end());
  for (const BaselineResult& baseline : references)
    table.rows.push_back(row_of(baseline, table.columns, table.label_titles.size()));
  add_sources(table, references);
  for (size_t g = 0; g < groups.size(); ++g) {
    TableRow& row = table.rows.emplace_back(row_of(groups[g], table.columns, options.split));
    row.starts_group =
        g == 0 ? !references.empty()
               : !options.rows.group_by.empty() && groups[g].labels[0] != groups[g - 1].labels[0];
    for (std::string& label : row.labels) label = printed(label, options.rows.names);
    for (const RunResult* run : groups[g].runs)
      row.runs.push_back(static_cast<size_t>(run - runs.data()));
  }
  mark_best(table);
  return table;
}

std::string first_label(const TableRow& row) {
  return row.note.empty() ? row.labels[0] : fmt::format("{} {}", row.labels[0], row.note);
}

CellText cell_text(const TableRow& row, size_t column, const ColumnOptions& options) {
  const TableCell& cell = row.cells[column];
  if (!cell.mean) return {!row.is_baseline && row.num_runs == 0 ? "failed" : "-", ""};
  return {fmt::format("{:.{}f}", *cell.mean * options.scale, options.digits),
          cell.deviation
              ? fmt::format("{:.{}f}", *cell.deviation * std::abs(options.scale), options.digits)
              : ""};
}

std::string count_text(const TableRow& row) {
  if (row.is_baseline) return "";
  return row.num_failed == 0 ? fmt::format("{}", row.num_runs)
                             : fmt::format("{} of {}", row.num_runs, row.num_runs + row.num_failed);
}

std::string full_caption(const Table& table) {
  std::string shared;
  for (const auto& [key, value] : table.constants)
    shared += fmt::format("{}{} = {}", shared.empty() ? "" : ", ", key, value);
  if (shared.empty()) return table.caption;
  return table.caption.empty() ? shared : fmt::format("{} ({})", table.caption, shared);
}

}  // namespace twinset
