#include "eval/figures/figure.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "eval/figures/gnuplot.h"
#include "eval/svg_chart.h"
#include "framework/core/error.h"

namespace twinset {
namespace {

void check(const Figure& figure) {
  size_t num_points = 0;
  for (const FigureSeries& series : figure.series) {
    num_points += series.points.size();
    for (const FigurePoint& p : series.points) {
      const bool is_finite =
          std::isfinite(p.x) && std::isfinite(p.y) && std::isfinite(p.low) && std::isfinite(p.high);
      if (is_finite && (p.x > 0 || !figure.has_log_x) && (p.y > 0 || !figure.has_log_y)) continue;
      throw DataError(
          {.where = figure.stem,
           .what = fmt::format("'{}' holds the point ({}, {})", series.name, p.x, p.y),
           .expected = is_finite ? "positive numbers on a logarithmic axis" : "finite numbers"});
    }
  }
  if (num_points == 0)
    throw DataError({.where = figure.stem, .what = "holds no point", .expected = "at least one"});
  if (figure.kind != FigureKind::kBars) return;
  if (figure.series.size() != 1 || figure.categories.size() != figure.series[0].points.size()) {
    throw DataError({.where = figure.stem,
                     .what = "has other numbers of bars and names",
                     .expected = "one series, a name for each of its bars"});
  }
}

// One block a series, two blank lines between: gnuplot's `index`.
std::string data_text(const Figure& figure) {
  std::string text;
  for (const FigureSeries& series : figure.series) {
    text += fmt::format("{}# {}\n# x\ty\tlow\thigh\n", text.empty() ? "" : "\n\n", series.name);
    for (const FigurePoint& p : series.points) {
      const bool has_interval = p.low < p.high;
      text += fmt::format("{}\t{}\t{}\t{}\n", p.x, p.y, has_interval ? p.low : p.y,
                          has_interval ? p.high : p.y);
    }
  }
  return text;
}

bool has_intervals(const FigureSeries& series) {
  return std::any_of(series.points.begin(), series.points.end(),
                     [](const FigurePoint& p) { return p.low < p.high; });
}

size_t longest(const std::vector<std::string>& names) {
  size_t length = 0;
  for (const std::string& name : names) length = std::max(length, name.size());
  return length;
}

std::string axes_text(const Figure& figure) {
  std::string text =
      fmt::format("set title {}\nset xlabel {}\nset ylabel {}\n", gnuplot_string(figure.title),
                  gnuplot_string(figure.x_label), gnuplot_string(figure.y_label));
  if (figure.has_log_x) text += "set logscale x\nset format x '%h'\n";
  if (figure.has_log_y) text += "set logscale y\nset format y '%h'\n";
  return text;
}

std::string series_text(const Figure& figure, const std::string& data, size_t index) {
  static constexpr const char* kDashes[] = {"1", "2", "3"};
  const FigureSeries& series = figure.series[index];
  const std::string colour = style_colour(index);
  const std::string title =
      figure.series.size() == 1 ? "notitle" : "title " + gnuplot_string(series.name);
  if (figure.kind == FigureKind::kPoints)
    return fmt::format(
        "{} index {} using 1:2 with points pointtype 7 pointsize 0.5 linecolor rgb '{}' {}", data,
        index, colour, title);
  std::string text;
  if (has_intervals(series)) {
    text = fmt::format(
        "{} index {} using 1:3:4 with filledcurves fillstyle transparent solid 0.15 noborder "
        "linecolor rgb '{}' notitle, \\\n     ",
        data, index, colour);
  }
  return text +
         fmt::format(
             "{} index {} using 1:2 with lines linewidth 2 dashtype {} linecolor rgb '{}' {}", data,
             index, kDashes[index / 8 % 3], colour, title);
}

std::string bars_text(const Figure& figure, const std::string& data) {
  std::string text = "set grid noytics xtics\nunset key\nset ytics (";
  const size_t count = figure.categories.size();
  for (size_t i = 0; i < count; ++i)
    text += fmt::format("{}{} {}", i == 0 ? "" : ", ", gnuplot_string(figure.categories[i]), i + 1);
  text += fmt::format(") scale 0\nset yrange [{}.5:0.5]\nset xrange [0:*]\n", count);
  // A bar is a box from 0 to its value; $0 counts the lines.
  text += fmt::format(
      "plot {0} using ($2/2):($0+1):(0):2:($0+0.68):($0+1.32) with boxxyerror linecolor rgb '{1}'",
      data, style_colour(0));
  if (!has_intervals(figure.series[0])) return text;
  return text + fmt::format(
                    ", \\\n     {0} using ($3 < $4 ? $2 : NaN):($0+1):3:4 with xerrorbars "
                    "pointtype -1 linewidth 1.4 linecolor rgb '#1f2428'",
                    data);
}

}  // namespace

void draw_figure(const Figure& figure, const std::filesystem::path& folder) {
  check(figure);
  const std::string data_name = figure.stem + ".tsv", data = gnuplot_string(data_name);
  std::string script = axes_text(figure);
  FigureSize size;
  if (figure.kind == FigureKind::kBars) {
    size = {.width = 95 + 1.6 * static_cast<double>(longest(figure.categories)),
            .height = 26 + 6.0 * static_cast<double>(figure.categories.size())};
    script += bars_text(figure, data);
  } else {
    std::vector<std::string> names;
    for (const FigureSeries& series : figure.series) names.push_back(series.name);
    // A legend beside the plot never hides a point.
    script += "set key outside right top Left reverse samplen 1.5 spacing 1.15\n";
    if (figure.series.size() > 1) size.width += 10 + 1.6 * static_cast<double>(longest(names));
    script += "plot ";
    for (size_t i = 0; i < figure.series.size(); ++i)
      script += (i == 0 ? "" : ", \\\n     ") + series_text(figure, data, i);
  }
  run_gnuplot(folder, figure.stem, size, script, data_name, data_text(figure));
}

}  // namespace twinset
