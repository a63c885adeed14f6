#include "eval/report.h"

#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <sstream>
#include <string_view>

#include "eval/report_style.h"
#include "eval/svg_chart.h"
#include "eval/training_curves.h"
#include "framework/core/atomic_file.h"
#include "framework/core/error.h"
#include "framework/core/thread_pool.h"

namespace twinset {
namespace {

constexpr size_t kMaxChartPoints = 200;

std::string base64(std::string_view bytes) {
  static constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const size_t count = std::min<size_t>(3, bytes.size() - i);
    uint32_t group = 0;
    for (size_t j = 0; j < 3; ++j) group = group << 8 | (j < count ? static_cast<unsigned char>(bytes[i + j]) : 0u);
    for (size_t j = 0; j < 4; ++j) text += j <= count ? kDigits[group >> (18 - 6 * j) & 63] : '=';
  }
  return text;
}

std::string image_uri(const ReportExample& example) {
  const std::string_view bytes = example.image_bytes;
  std::string type;
  if (bytes.starts_with("\xff\xd8")) type = "jpeg";
  if (bytes.starts_with("\x89PNG")) type = "png";
  if (bytes.starts_with("RIFF") && bytes.substr(0, 12).ends_with("WEBP")) type = "webp";
  if (type.empty()) {
    throw DataError({.where = "report",
                     .what = fmt::format("the image of product '{}' is of no known kind", example.id),
                     .expected = "JPEG, PNG or WebP"});
  }
  return fmt::format("data:image/{};base64,{}", type, base64(bytes));
}

std::string number_cell(const Table& table, const TableRow& row, size_t column) {
  const CellText text = cell_text(row, column, table.columns[column]);
  const char* kind = row.cells[column].is_best ? " class=\"best\"" : text.mean == "failed" ? " class=\"failed\"" : "";
  const std::string deviation =
      text.deviation.empty() ? "" : fmt::format(" <span class=\"deviation\">&plusmn; {}</span>", text.deviation);
  return fmt::format("<td{}>{}{}</td>", kind, text.mean, deviation);
}

std::string table_html(const Table& table) {
  std::string html = fmt::format("<div class=\"scroll\"><table>\n<caption>{}</caption>\n<thead><tr>",
                                 escape_html(full_caption(table)));
  for (const std::string& title : table.label_titles)
    html += fmt::format("<th class=\"label\">{}</th>", escape_html(title));
  html += "<th>seeds</th>";
  for (const ColumnOptions& column : table.columns) html += fmt::format("<th>{}</th>", escape_html(column.title));
  html += "</tr></thead>\n<tbody>\n";
  for (size_t i = 0; i < table.rows.size(); ++i) {
    const TableRow& row = table.rows[i];
    if (i > 0 && !row.is_baseline && table.rows[i - 1].is_baseline) html += "</tbody>\n<tbody>\n";
    html += row.is_baseline ? "<tr class=\"baseline\">" : "<tr>";
    if (row.is_baseline) {
      html += fmt::format("<td class=\"label\" colspan=\"{}\">{}</td>", row.labels.size(), escape_html(row.labels[0]));
    } else {
      for (const std::string& label : row.labels)
        html += fmt::format("<td class=\"label\">{}</td>", escape_html(label));
    }
    html += fmt::format("<td>{}</td>", count_text(row));
    for (size_t c = 0; c < row.cells.size(); ++c) html += number_cell(table, row, c);
    html += "</tr>\n";
  }
  return html + "</tbody>\n</table></div>\n";
}

// The table row that each run belongs to gives the run its style.
std::string row_label(const Table& table, const RunResult& run) {
  std::string label;
  for (const std::string& title : table.label_titles) {
    const std::string value = run.choice(title);
    if (!value.empty()) label += (label.empty() ? "" : ", ") + value;
  }
  return label.empty() ? run.name : label;
}

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

std::string curves_html(const Report& report) {
  std::vector<std::string> legend;
  const std::vector<size_t> styles = run_styles(report, legend);
  std::vector<LineChart> charts;
  for (const ReportCurve& curve : report.curves) charts.push_back({curve.title, "step", {}});
  for (size_t r = 0; r < report.runs.size(); ++r) {
    for (const TrainingCurve& curve : read_training_curves(report.runs[r].folder / "metrics.jsonl")) {
      for (size_t c = 0; c < charts.size(); ++c) {
        if (report.curves[c].metric == curve.metric)
          charts[c].lines.push_back({report.runs[r].name, styles[r], thin_out(curve.points, kMaxChartPoints)});
      }
    }
  }
  std::erase_if(charts, [](const LineChart& chart) { return chart.lines.empty(); });
  if (charts.empty()) return "";
  std::string html =
      "<h2>Training</h2>\n<p>One colour for each row of the table, one line for each seed. Losses of different kinds "
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
    html += fmt::format("<img alt=\"{}\" src=\"{}\">\n", escape_html(example.title), image_uri(example));
  html +=
      fmt::format("<div class=\"name\">{}</div>\n", escape_html(example.title.empty() ? example.id : example.title));
  if (!example.note.empty()) html += fmt::format("<div class=\"note\">{}</div>\n", escape_html(example.note));
  html += fmt::format("<dl><dt>true</dt><dd>{}</dd>\n<dt>predicted</dt><dd><ol>\n",
                      escape_html(fmt::format("{}", fmt::join(example.truth, "; "))));
  for (const Prediction& prediction : example.predictions) {
    html += fmt::format("<li><span class=\"{}\">{}</span><span class=\"score\">{:.2f}</span></li>\n",
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
  std::vector<std::string> keys;
  for (const std::string& title : report.table.label_titles) {
    if (!report.runs[0].choice(title).empty()) keys.push_back(title);
  }
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
  for (const std::string& key : keys) html += fmt::format("<th class=\"label\">{}</th>", escape_html(key));
  html +=
      "<th>seconds</th><th>products a second</th><th>peak MiB</th><th>parameters</th><th "
      "class=\"label\">state</th></tr></thead>\n<tbody>\n";
  for (const RunResult& run : report.runs) {
    html += fmt::format("<tr><td class=\"label\">{}</td>", escape_html(run.name));
    for (const std::string& key : keys)
      html += fmt::format("<td class=\"label\">{}</td>", escape_html(run.choice(key)));
    for (const auto& [name, digits] :
         {std::pair{"seconds", 1}, {"samples_per_second", 0}, {"peak_rss_mib", 0}, {"parameters", 0}}) {
      html += fmt::format("<td>{}</td>", fact_text(run, name, digits));
    }
    html += run.failure.empty()
                ? "<td class=\"label\">finished</td></tr>\n"
                : fmt::format("<td class=\"label failed\">failed: {}</td></tr>\n", escape_html(run.failure));
  }
  return html + "</tbody>\n</table></div>\n";
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
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<link rel=\"icon\" "
      "href=\"data:,\">\n<title>{}</title>\n"
      "<style>{}</style>\n</head>\n<body>\n<h1>{}</h1>\n",
      escape_html(report.title), kReportStyle, escape_html(report.title));
  if (!report.question.empty()) html += fmt::format("<p class=\"question\">{}</p>\n", escape_html(report.question));
  html += "<h2>Results</h2>\n" + table_html(report.table);
  for (const std::string& finding : report.findings) html += fmt::format("<p>{}</p>\n", escape_html(finding));
  html += curves_html(report) + examples_html(report);
  if (!report.runs.empty()) html += runs_html(report);
  return html + provenance_html(report) + "</body>\n</html>\n";
}

void write_report(const Report& report, const std::filesystem::path& file) { write_file(file, report_html(report)); }

std::vector<std::pair<std::string, std::string>> describe_hardware() {
  std::string processor = "unknown";
  std::istringstream lines(read_file("/proc/cpuinfo"));
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("model name")) processor = line.substr(line.find(':') + 2);
  }
  const double bytes = static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGE_SIZE));
  utsname system{};
  uname(&system);
  return {{"processor", fmt::format("{}, {} cores", processor, available_cores())},
          {"memory", fmt::format("{:.1f} GiB", bytes / (1 << 30))},
          {"system", fmt::format("{} {} {}", system.sysname, system.release, system.machine)}};
}

}  // namespace twinset
