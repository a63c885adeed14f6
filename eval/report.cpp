#include "eval/report.h"

#include <fmt/format.h>

#include <algorithm>

#include "eval/data_uri.h"
#include "eval/escape_html.h"
#include "eval/figures/run_figures.h"
#include "eval/report_style.h"
#include "eval/svg_chart.h"
#include "eval/training_curves.h"
#include "framework/core/atomic_file.h"
#include "framework/core/error.h"

namespace twinset {
namespace {

constexpr size_t kMaxChartPoints = 200;

std::vector<size_t> run_styles(const Report& report, std::vector<std::string>& legend) {
  std::vector<size_t> styles;
  for (const RunResult& run : report.runs) {
    const std::string label = row_label(report.table, run);
    const auto found = std::find(legend.begin(), legend.end(), label);
    styles.push_back(static_cast<size_t>(found - legend.begin()));
    if (found == legend.end()) legend.push_back(label);
  }
  return styles;
}

std::string figures_html(const Report& report) {
  if (report.figures.empty()) return "";
  std::string html = "<h2>Figures</h2>\n<div class=\"figures\">\n";
  for (const ReportFigure& figure : report.figures) {
    html +=
        fmt::format("<figure><img alt=\"{0}\" src=\"{1}\"><figcaption>{0}</figcaption></figure>\n",
                    escape_html(figure.caption), image_data_uri(figure.svg, "figure"));
  }
  return html + "</div>\n";
}

std::string curves_html(const Report& report) {
  std::vector<std::string> legend;
  const std::vector<size_t> styles = run_styles(report, legend);
  std::vector<LineChart> charts;
  for (const ReportCurve& curve : report.curves) charts.push_back({curve.title, "step", {}});
  for (size_t r = 0; r < report.runs.size(); ++r) {
    for (const TrainingCurve& curve :
         read_training_curves(report.runs[r].folder / "metrics.jsonl")) {
      for (size_t c = 0; c < charts.size(); ++c) {
        if (report.curves[c].metric == curve.metric)
          charts[c].lines.push_back(
              {report.runs[r].name, styles[r], thin_out(curve.points, kMaxChartPoints)});
      }
    }
  }
  std::erase_if(charts, [](const LineChart& chart) { return chart.lines.empty(); });
  if (charts.empty()) return "";
  std::string html =
      "<h2>Training</h2>\n<p>One colour for each row of the table, one line for each seed. Losses "
      "of different kinds "
      "have "
      "different scales.</p>\n<ul class=\"legend\">\n";
  for (size_t style = 0; style < legend.size(); ++style) {
    html += fmt::format(
        "<li><svg viewBox=\"0 0 26 8\"><line x1=\"0\" x2=\"26\" y1=\"4\" y2=\"4\" stroke=\"{}\" "
        "stroke-width=\"3\"{}/></svg>{}</li>\n",
        style_colour(style), style_dashes(style), escape_html(legend[style]));
  }
  html += "</ul>\n<div class=\"charts\">\n";
  for (const LineChart& chart : charts) html += to_svg(chart);
  return html + "</div>\n";
}

std::string example_html(const ReportExample& example) {
  std::string html = "<article class=\"example\">\n";
  if (!example.image_bytes.empty())
    html +=
        fmt::format("<img alt=\"{}\" src=\"{}\">\n", escape_html(example.title),
                    image_data_uri(example.image_bytes, fmt::format("product '{}'", example.id)));
  html += fmt::format("<div class=\"name\">{}</div>\n",
                      escape_html(example.title.empty() ? example.id : example.title));
  if (!example.note.empty())
    html += fmt::format("<div class=\"note\">{}</div>\n", escape_html(example.note));
  html += fmt::format("<dl><dt>true</dt><dd>{}</dd>\n<dt>predicted</dt><dd><ol>\n",
                      escape_html(fmt::format("{}", fmt::join(example.truth, "; "))));
  for (const Prediction& prediction : example.predictions) {
    html += fmt::format(
        "<li><span class=\"{}\">{}</span><span class=\"score\">{:.2f}</span></li>\n",
        prediction.is_true ? "hit" : "miss", escape_html(prediction.phrase), prediction.score);
  }
  return html + "</ol></dd></dl>\n</article>\n";
}

std::string examples_html(const Report& report) {
  std::string html;
  for (const ReportExamples& group : report.examples) {
    if (group.examples.empty()) continue;
    html += fmt::format("<h3>{}</h3>\n<div class=\"examples\">\n", escape_html(group.title));
    for (const ReportExample& example : group.examples) html += example_html(example);
    html += "</div>\n";
  }
  return html.empty() ? "" : "<h2>Examples</h2>\n" + html;
}

std::string fact_text(const RunResult& run, const std::string& name, int digits) {
  const double* value = find_metric(run.train, name);
  return value == nullptr ? "-" : fmt::format("{:.{}f}", *value, digits);
}

// How the runs differ: the choices that vary, the seed, and what training took.
std::string runs_html(const Report& report) {
  std::vector<std::string> keys = report.table.label_keys;
  keys.emplace_back("seed");
  std::string html = "<h2>Runs</h2>\n";
  if (!report.table.constants.empty()) {
    html += "<p>The same in all of them: ";
    for (size_t i = 0; i < report.table.constants.size(); ++i) {
      const auto& [key, value] = report.table.constants[i];
      html += fmt::format("{}{} = {}", i == 0 ? "" : ", ", escape_html(key), escape_html(value));
    }
    html += ".</p>\n";
  }
  html += "<div class=\"scroll\"><table class=\"runs\">\n<thead><tr><th class=\"label\">run</th>";
  for (const std::string& key : keys)
    html += fmt::format("<th class=\"label\">{}</th>", escape_html(key));
  html +=
      "<th>seconds</th><th>products a second</th><th>peak "
      "MiB</th><th>joules</th><th>parameters</th><th "
      "class=\"label\">state</th></tr></thead>\n<tbody>\n";
  for (const RunResult& run : report.runs) {
    html += fmt::format("<tr><td class=\"label\">{}</td>", escape_html(run.name));
    for (const std::string& key : keys)
      html += fmt::format("<td class=\"label\">{}</td>", escape_html(run.choice(key)));
    for (const auto& [name, digits] : {std::pair{"seconds", 1},
                                       {"samples_per_second", 0},
                                       {"peak_rss_mib", 0},
                                       {"energy_joules", 0},
                                       {"parameters", 0}}) {
      html += fmt::format("<td>{}</td>", fact_text(run, name, digits));
    }
    html += run.failure.empty() ? "<td class=\"label\">finished</td></tr>\n"
                                : fmt::format("<td class=\"label failed\">failed: {}</td></tr>\n",
                                              escape_html(run.failure));
  }
  return html + "</tbody>\n</table></div>\n";
}

// A key a row: each value with the number of runs that have it.
std::string differences_html(const Report& report) {
  if (report.configured.empty()) return "";
  std::string html = "<h2>Configurations</h2>\n";
  if (report.differences.empty()) html += "<p>All runs have the same configuration.</p>\n";
  if (!report.differences.empty()) {
    html +=
        "<p>Where the runs' whole configurations differ, with the number of runs behind each "
        "value.</p>\n<table class=\"facts\">\n";
    for (const ConfigDifference& difference : report.differences) {
      std::vector<std::pair<std::string, int>> counts;
      for (const std::string& value : difference.values) {
        auto found = std::find_if(counts.begin(), counts.end(),
                                  [&](const auto& c) { return c.first == value; });
        if (found == counts.end()) found = counts.insert(counts.end(), {value, 0});
        ++found->second;
      }
      html += fmt::format("<tr><th>{}</th><td>", escape_html(difference.key));
      for (size_t i = 0; i < counts.size(); ++i)
        html += fmt::format("{}{} <span class=\"count\">&times;{}</span>", i == 0 ? "" : "<br>",
                            escape_html(counts[i].first), counts[i].second);
      html += "</td></tr>\n";
    }
    html += "</table>\n";
  }
  if (report.config.empty()) return html;
  return html +
         fmt::format(
             "<details><summary>The whole configuration of {}</summary>\n<pre>{}</pre></details>\n",
             escape_html(report.configured[0]), escape_html(report.config));
}

std::string provenance_html(const Report& report) {
  if (report.provenance.empty()) return "";
  std::string html = "<h2>Provenance</h2>\n<table class=\"facts\">\n";
  for (const auto& [name, value] : report.provenance) {
    html += fmt::format("<tr><th>{}</th><td>{}</td></tr>\n", escape_html(name), escape_html(value));
  }
  return html + "</table>\n";
}

}  // namespace

std::string report_html(const Report& report) {
  std::string html = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<link "
      "rel=\"icon\" "
      "href=\"data:,\">\n<title>{}</title>\n"
      "<style>{}</style>\n</head>\n<body>\n<h1>{}</h1>\n",
      escape_html(report.title), kReportStyle, escape_html(report.title));
  if (!report.question.empty())
    html += fmt::format("<p class=\"question\">{}</p>\n", escape_html(report.question));
  html += "<h2>Results</h2>\n<div class=\"scroll\">" + to_html(report.table) + "</div>\n";
  for (const std::string& finding : report.findings)
    html += fmt::format("<p>{}</p>\n", escape_html(finding));
  html += figures_html(report) + curves_html(report) + examples_html(report);
  if (!report.runs.empty()) html += runs_html(report);
  html += differences_html(report);
  return html + provenance_html(report) + "</body>\n</html>\n";
}

void write_report(const Report& report, const std::filesystem::path& file) {
  write_file(file, report_html(report));
}

}  // namespace twinset
