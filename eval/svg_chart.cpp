#include "eval/svg_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "eval/escape_html.h"

namespace twinset {
namespace {

// The drawing's size and its margins, in SVG units (pixels at full size).
constexpr double kWidth = 460, kHeight = 270, kLeft = 56, kRight = 12, kTop = 30, kBottom = 40;

struct Range {
  double low = INFINITY, high = -INFINITY;
  void include(double value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
  bool is_empty() const { return low > high; }
};

// Linear map of data to the drawing.
struct Axis {
  double low, high, at_low, at_high;
  double operator()(double value) const {
    return at_low + (value - low) / (high - low) * (at_high - at_low);
  }
};

std::string tick_text(double value, double step) {
  if (value == 0) return "0";
  if (std::abs(value) >= 1e5) return fmt::format("{:g}", value);
  const int digits = std::max(0, static_cast<int>(std::ceil(-std::log10(step) - 1e-9)));
  return fmt::format("{:.{}f}", value, digits);
}

std::string text_at(double x, double y, const char* anchor, const std::string& text,
                    const char* extra = "") {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\"{}>{}</text>\n", x, y,
                     anchor, extra, escape_html(text));
}

std::string draw_axes(const Axis& x, const Axis& y, const std::vector<double>& x_ticks,
                      const std::vector<double>& y_ticks) {
  std::string svg;
  for (const double tick : y_ticks) {
    svg += fmt::format(
        "<line x1=\"{0:.1f}\" x2=\"{1:.1f}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\" stroke=\"#e4e6e8\"/>\n",
        kLeft, kWidth - kRight, y(tick));
    svg += text_at(kLeft - 7, y(tick) + 4, "end", tick_text(tick, y_ticks[1] - y_ticks[0]));
  }
  for (const double tick : x_ticks) {
    svg += text_at(x(tick), kHeight - kBottom + 16, "middle",
                   tick_text(tick, x_ticks[1] - x_ticks[0]));
  }
  svg += fmt::format(
      "<line x1=\"{0:.1f}\" x2=\"{1:.1f}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\" stroke=\"#8a9096\"/>\n",
      kLeft, kWidth - kRight, kHeight - kBottom);
  return svg;
}

std::string draw_line(const ChartLine& line, const Axis& x, const Axis& y) {
  const std::string title = fmt::format("<title>{}</title>", escape_html(line.label));
  if (line.points.size() == 1) {
    return fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3\" fill=\"{}\">{}</circle>\n",
                       x(line.points[0].first), y(line.points[0].second), style_colour(line.style),
                       title);
  }
  std::string path;
  for (const auto& [step, value] : line.points)
    path += fmt::format("{}{:.1f},{:.1f}", path.empty() ? "" : " ", x(step), y(value));
  return fmt::format(
      "<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"1.6\" "
      "stroke-linejoin=\"round\"{}>{}</polyline>\n",
      path, style_colour(line.style), style_dashes(line.style), title);
}

}  // namespace

std::string style_colour(size_t style) {
  static constexpr std::array kColours = {"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                          "#e69f00", "#56b4e9", "#5b5b5b", "#8c6d1f"};
  return kColours[style % kColours.size()];
}

std::string style_dashes(size_t style) {
  static constexpr std::array kDashes = {"", " stroke-dasharray=\"6 3\"",
                                         " stroke-dasharray=\"2 2\""};
  return kDashes[style / 8 % kDashes.size()];
}

std::vector<double> axis_ticks(double low, double high) {
  if (!(high > low)) {
    const double margin = low == 0 ? 1.0 : std::abs(low) * 0.1;
    low -= margin;
    high += margin;
  }
  const double rough = (high - low) / 5, power = std::pow(10, std::floor(std::log10(rough)));
  double step = 10 * power;
  for (const double factor : {5.0, 2.0, 1.0}) {
    if (factor * power >= rough * 0.999) step = factor * power;
  }
  std::vector<double> ticks;
  const double first = std::floor(low / step + 1e-9), last = std::ceil(high / step - 1e-9);
  for (double i = first; i <= last; ++i) ticks.push_back(i * step);
  return ticks;
}

std::string to_svg(const LineChart& chart) {
  Range x_range, y_range;
  for (const ChartLine& line : chart.lines) {
    for (const auto& [x, y] : line.points) x_range.include(x), y_range.include(y);
  }
  std::string svg = fmt::format("<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">\n",
                                kWidth, kHeight, escape_html(chart.title));
  svg += text_at(kLeft, 16, "start", chart.title, " class=\"chart-title\"");
  if (x_range.is_empty()) {
    svg += text_at(kWidth / 2, kHeight / 2, "middle", "no data");
  } else {
    const auto x_ticks = axis_ticks(x_range.low, x_range.high),
               y_ticks = axis_ticks(y_range.low, y_range.high);
    const Axis x{x_ticks.front(), x_ticks.back(), kLeft, kWidth - kRight};
    const Axis y{y_ticks.front(), y_ticks.back(), kHeight - kBottom, kTop};
    svg += draw_axes(x, y, x_ticks, y_ticks);
    svg += text_at((kLeft + kWidth - kRight) / 2, kHeight - 6, "middle", chart.x_label);
    for (const ChartLine& line : chart.lines) {
      if (!line.points.empty()) svg += draw_line(line, x, y);
    }
  }
  return svg + "</svg>\n";
}

}  // namespace twinset
