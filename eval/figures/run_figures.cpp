#include "eval/figures/run_figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "eval/training_curves.h"
#include "framework/core/error.h"

namespace twinset {

std::string row_label(const Table& table, const RunResult& run) {
  std::string label;
  for (const std::string& key : table.label_keys) {
    const std::string value = run.choice(key);
    if (!value.empty()) label += (label.empty() ? "" : ", ") + value;
  }
  return label.empty() ? run.name : label;
}

Figure ablation_figure(const Table& table, const std::string& metric) {
  std::vector<std::string> known;
  for (const ColumnOptions& column : table.columns) known.push_back(column.metric);
  const auto found = std::find(known.begin(), known.end(), metric);
  if (found == known.end()) throw_unknown_name("figure", "column", metric, known);
  const auto c = static_cast<size_t>(found - known.begin());
  const ColumnOptions& column = table.columns[c];
  Figure figure{.kind = FigureKind::kBars,
                .stem = "ablation",
                .title = "",
                .x_label = column.title,
                .series = {{"", {}}}};
  for (const TableRow& row : table.rows) {
    const TableCell& cell = row.cells[c];
    if (!cell.mean) continue;
    const double mean = *cell.mean * column.scale,
                 spread = cell.deviation.value_or(0) * std::abs(column.scale);
    figure.series[0].points.push_back({.x = static_cast<double>(figure.categories.size()),
                                       .y = mean,
                                       .low = mean - spread,
                                       .high = mean + spread});
    std::string label;
    for (const std::string& part : row.labels) {
      if (!part.empty()) label += (label.empty() ? "" : ", ") + part;
    }
    figure.categories.push_back(label);
  }
  return figure;
}

Figure training_figure(const std::vector<RunResult>& runs, const Table& table,
                       const std::string& metric, const std::string& title) {
  // Label, in order of first appearance; step to the values of the seeds.
  std::vector<std::pair<std::string, std::map<double, std::vector<double>>>> rows;
  std::map<std::string, size_t> num_seeds;
  for (const RunResult& run : runs) {
    for (const TrainingCurve& curve : read_training_curves(run.folder / "metrics.jsonl")) {
      if (curve.metric != metric) continue;
      const std::string label = row_label(table, run);
      auto row =
          std::find_if(rows.begin(), rows.end(), [&](const auto& r) { return r.first == label; });
      if (row == rows.end()) row = rows.insert(rows.end(), {label, {}});
      ++num_seeds[label];
      for (const auto& [step, value] : curve.points) row->second[step].push_back(value);
    }
  }
  Figure figure{
      .kind = FigureKind::kLines, .stem = "training_" + metric, .title = title, .x_label = "step"};
  std::replace(figure.stem.begin(), figure.stem.end(), '.', '_');
  for (const auto& [label, steps] : rows) {
    FigureSeries& series = figure.series.emplace_back(FigureSeries{label, {}});
    for (const auto& [step, values] : steps) {
      if (values.size() != num_seeds[label]) continue;
      double sum = 0;
      for (const double value : values) sum += value;
      const auto [low, high] = std::minmax_element(values.begin(), values.end());
      series.points.push_back(
          {.x = step, .y = sum / static_cast<double>(values.size()), .low = *low, .high = *high});
    }
  }
  return figure;
}

FigureSeries recall_series(const std::string& name, const ScoreSource& scores,
                           const EvaluationTruth& truth, int64_t max_k) {
  constexpr int64_t kBlock = 512;
  // recall@K is a sum over positives: each counts 1/P from its rank on.
  std::vector<double> gains(static_cast<size_t>(max_k) + 1);
  int64_t num_products = 0;
  for (int64_t first = 0; first < scores.num_products(); first += kBlock) {
    const ScoreBlock block = scores.rows(first, std::min(kBlock, scores.num_products() - first));
    for (int64_t i = 0; i < block.num_products; ++i) {
      const auto labels = truth.labels.row(first + i);
      if (labels.empty()) continue;
      ++num_products;
      for (const int64_t rank : positive_ranks(block.row(i), labels)) {
        if (rank <= max_k)
          gains[static_cast<size_t>(rank)] += 1.0 / static_cast<double>(labels.size());
      }
    }
  }
  FigureSeries series{name, {}};
  double sum = 0;
  for (int64_t k = 1; k <= max_k && num_products > 0; ++k) {
    sum += gains[static_cast<size_t>(k)];
    series.points.push_back(
        {.x = static_cast<double>(k), .y = sum / static_cast<double>(num_products)});
  }
  return series;
}

}  // namespace twinset
