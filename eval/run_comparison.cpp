#include "eval/run_comparison.h"

#include <fmt/format.h>

#include <algorithm>

#include "eval/escape_html.h"
#include "eval/report_style.h"
#include "eval/statistics/paired_tests.h"
#include "eval/statistics/query_values.h"
#include "eval/svg_chart.h"
#include "eval/training_curves.h"
#include "framework/core/error.h"

namespace twinset {
namespace {

constexpr size_t kMaxCurvePoints = 300;

std::string p_text(const std::optional<double>& p) {
  return p ? (*p < 0.001 ? "< 0.001" : fmt::format("{:.3f}", *p)) : "";
}

bool has_p_values(const RunComparison& comparison) {
  return std::any_of(comparison.metrics.begin(), comparison.metrics.end(),
                     [](const MetricDifference& m) { return m.p_value.has_value(); });
}

// Four significant digits for any size of number, in one form within a row.
std::string number(double value) { return fmt::format("{:.4g}", value); }

// Rows of cells, the first being the heading: one layout for the terminal and the page.
using Rows = std::vector<std::vector<std::string>>;

Rows config_rows(const RunComparison& comparison) {
  Rows rows = {{"configuration", "first", "second"}};
  for (const ConfigDifference& difference : comparison.configs)
    rows.push_back({difference.key, difference.values[0], difference.values[1]});
  return rows;
}

Rows metric_rows(const RunComparison& comparison) {
  const bool has_p = has_p_values(comparison);
  Rows rows = {{"metric", "first", "second", "second - first"}};
  if (has_p) rows[0].push_back("p");
  for (const MetricDifference& m : comparison.metrics) {
    rows.push_back(
        {m.metric, number(m.first), number(m.second), fmt::format("{:+.4g}", m.second - m.first)});
    if (has_p) rows.back().push_back(p_text(m.p_value));
  }
  return rows;
}

std::string pipe_table(const Rows& rows) {
  std::vector<size_t> widths(rows[0].size());
  for (const auto& row : rows) {
    for (size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], row[c].size());
  }
  std::string text;
  for (size_t r = 0; r < rows.size(); ++r) {
    for (size_t c = 0; c < rows[r].size(); ++c)
      text += c == 0 ? fmt::format("| {:<{}} ", rows[r][c], widths[c])
                     : fmt::format("| {:>{}} ", rows[r][c], widths[c]);
    text += "|\n";
    if (r > 0) continue;
    for (size_t c = 0; c < widths.size(); ++c)
      text += c == 0 ? "|" + std::string(widths[c] + 2, '-')
                     : "|" + std::string(widths[c] + 1, '-') + ":";
    text += "|\n";
  }
  return text;
}

std::string html_table(const Rows& rows, bool is_text) {
  std::string html = "<div class=\"scroll\"><table>\n<thead><tr>";
  for (size_t c = 0; c < rows[0].size(); ++c)
    html += fmt::format("<th{}>{}</th>", c == 0 || is_text ? " class=\"label\"" : "",
                        escape_html(rows[0][c]));
  html += "</tr></thead>\n<tbody>\n";
  for (size_t r = 1; r < rows.size(); ++r) {
    html += "<tr>";
    for (size_t c = 0; c < rows[r].size(); ++c)
      html += fmt::format("<td{}>{}</td>", c == 0 || is_text ? " class=\"label\"" : "",
                          escape_html(rows[r][c]));
    html += "</tr>\n";
  }
  return html + "</tbody>\n</table></div>\n";
}

std::string curves(const RunComparison& comparison) {
  std::vector<LineChart> charts;
  const RunResult* runs[] = {&comparison.first, &comparison.second};
  for (size_t r = 0; r < 2; ++r) {
    for (const TrainingCurve& curve : read_training_curves(runs[r]->folder / "metrics.jsonl")) {
      auto chart = std::find_if(charts.begin(), charts.end(),
                                [&](const LineChart& c) { return c.title == curve.metric; });
      if (chart == charts.end())
        chart = charts.insert(charts.end(), LineChart{curve.metric, "step", {}});
      chart->lines.push_back(
          {r == 0 ? "first" : "second", r, thin_out(curve.points, kMaxCurvePoints)});
    }
  }
  std::string html;
  for (const LineChart& chart : charts) html += to_svg(chart);
  return html.empty() ? "" : "<h2>Training</h2>\n<div class=\"charts\">\n" + html + "</div>\n";
}

std::string only_text(const std::string& which, const std::vector<std::string>& names) {
  return names.empty() ? ""
                       : fmt::format("Only the {} run has: {}\n", which, fmt::join(names, ", "));
}

}  // namespace

namespace {

void add_p_values(RunComparison& comparison) {
  const auto first_file = query_values_file(comparison.first.folder, comparison.split);
  const auto second_file = query_values_file(comparison.second.folder, comparison.split);
  if (!std::filesystem::exists(first_file) || !std::filesystem::exists(second_file)) return;
  const std::vector<QueryValues> second = read_query_values(second_file);
  std::vector<size_t> tested;
  std::vector<double> p_values;
  for (const QueryValues& values : read_query_values(first_file)) {
    const auto other = std::find_if(second.begin(), second.end(), [&](const QueryValues& v) {
      return v.metric == values.metric;
    });
    const auto metric =
        std::find_if(comparison.metrics.begin(), comparison.metrics.end(),
                     [&](const MetricDifference& m) { return m.metric == values.metric; });
    if (other == second.end() || metric == comparison.metrics.end()) continue;
    const PairedValues pair = pair_by_query(values, *other);
    tested.push_back(static_cast<size_t>(metric - comparison.metrics.begin()));
    p_values.push_back(paired_permutation_test(pair.first, pair.second).p_value);
  }
  const std::vector<double> adjusted = holm_adjusted(p_values);
  for (size_t t = 0; t < tested.size(); ++t) comparison.metrics[tested[t]].p_value = adjusted[t];
}

}  // namespace

RunComparison compare_runs(const RunResult& first, const RunResult& second,
                           const std::vector<Node>& configs, const std::string& split) {
  for (const RunResult* run : {&first, &second}) {
    if (!run->failure.empty())
      throw DataError({.where = run->folder.string(),
                       .what = "failed: " + run->failure,
                       .expected = "a finished run"});
  }
  RunComparison comparison{.first = first,
                           .second = second,
                           .split = split,
                           .configs = config_differences(configs),
                           .metrics = {},
                           .only_first = {},
                           .only_second = {}};
  bool has_metric = false;
  for (const std::string& name : first.metric_names(split)) {
    const double* value = second.find(split, name);
    if (value == nullptr) {
      comparison.only_first.push_back(name);
      continue;
    }
    has_metric = has_metric || !name.starts_with("train.");
    comparison.metrics.push_back(
        {.metric = name, .first = *first.find(split, name), .second = *value});
  }
  for (const std::string& name : second.metric_names(split)) {
    if (first.find(split, name) == nullptr) comparison.only_second.push_back(name);
  }
  if (!has_metric) {
    throw DataError({.where = first.folder.string(),
                     .what = fmt::format("shares no metric of the split '{}' with {}", split,
                                         second.folder.string()),
                     .expected = "at least one",
                     .todo = "name another split"});
  }
  add_p_values(comparison);
  return comparison;
}

std::string to_markdown(const RunComparison& comparison) {
  std::string text =
      fmt::format("first:  {}\nsecond: {}\nsplit:  {}\n\n", comparison.first.folder.string(),
                  comparison.second.folder.string(), comparison.split);
  text += comparison.configs.empty() ? "The configurations are the same.\n"
                                     : pipe_table(config_rows(comparison));
  text += "\n" + pipe_table(metric_rows(comparison));
  if (has_p_values(comparison))
    text +=
        "p: paired permutation test over queries, after Holm; differences above 0.05 may be "
        "chance.\n";
  return text + only_text("first", comparison.only_first) +
         only_text("second", comparison.only_second);
}

std::string comparison_html(const RunComparison& comparison) {
  std::string html = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta "
      "name=\"viewport\" content=\"width=device-width, "
      "initial-scale=1\">\n<link rel=\"icon\" href=\"data:,\">\n<title>{0} and "
      "{1}</title>\n<style>{2}</style>\n</head>\n<body>\n<h1>Two runs</h1>\n",
      escape_html(comparison.first.name), escape_html(comparison.second.name), kReportStyle);
  html += "<ul class=\"legend\">\n";
  const RunResult* runs[] = {&comparison.first, &comparison.second};
  for (size_t r = 0; r < 2; ++r) {
    html += fmt::format(
        "<li><svg viewBox=\"0 0 26 8\"><line x1=\"0\" x2=\"26\" y1=\"4\" y2=\"4\" stroke=\"{}\" "
        "stroke-width=\"3\"/></svg>{}: {}</li>\n",
        style_colour(r), r == 0 ? "first" : "second", escape_html(runs[r]->name));
  }
  html += "</ul>\n<h2>Configuration</h2>\n";
  html += comparison.configs.empty() ? "<p>The configurations are the same.</p>\n"
                                     : html_table(config_rows(comparison), true);
  html += fmt::format("<h2>Metrics, {}</h2>\n", escape_html(comparison.split)) +
          html_table(metric_rows(comparison), false);
  if (has_p_values(comparison))
    html +=
        "<p>p: paired permutation test over queries, after Holm; differences above 0.05 may be "
        "chance.</p>\n";
  for (const std::string& line :
       {only_text("first", comparison.only_first), only_text("second", comparison.only_second)}) {
    if (!line.empty()) html += fmt::format("<p>{}</p>\n", escape_html(line));
  }
  return html + curves(comparison) + "</body>\n</html>\n";
}

}  // namespace twinset
