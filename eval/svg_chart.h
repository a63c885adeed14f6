#pragma once

#include <string>
#include <utility>
#include <vector>

namespace twinset {

/// A line of a chart. Lines with the same style are told to belong together, such as the seeds of
/// one row.
struct ChartLine {
  std::string label;  ///< shown when the pointer rests on the line
  size_t style = 0;   ///< picks colour and dashes
  std::vector<std::pair<double, double>> points;
};

struct LineChart {
  std::string title;
  std::string x_label;
  std::vector<ChartLine> lines;
};

/// The chart as an <svg> element without any reference to something outside it. Lines without
/// points are left out.
std::string to_svg(const LineChart& chart);

/// The colour of a style (eight that people with colour-blindness can tell apart: Okabe and Ito
/// 2008) and its dash pattern, which changes after every eight.
std::string style_colour(size_t style);
std::string style_dashes(size_t style);

/// Four to seven round numbers that span [low, high].
std::vector<double> axis_ticks(double low, double high);

}  // namespace twinset
