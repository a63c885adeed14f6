// Figures for papers: what is drawn, as plain numbers. gnuplot draws them (eval/figures/gnuplot.h).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace twinset {

/// A point, with an interval where low < high.
struct FigurePoint {
  double x = 0, y = 0;
  double low = 0, high = 0;
};

/// Points that share a colour and a line in the legend.
struct FigureSeries {
  std::string name;
  std::vector<FigurePoint> points;
};

enum class FigureKind {
  kLines,   ///< a line a series; an interval becomes a band
  kPoints,  ///< a dot a point
  kBars,    ///< one series; horizontal bars named by `categories`, from the top, with intervals in
            ///< the direction of the bar
};

struct Figure {
  FigureKind kind = FigureKind::kLines;
  std::string stem;  ///< of the files
  std::string title, x_label, y_label;
  bool has_log_x = false, has_log_y = false;
  std::vector<std::string> categories;  ///< of bars: the name of point i
  std::vector<FigureSeries> series;
};

/// A picture in a grid.
struct GridCell {
  std::string image_bytes;  ///< encoded JPEG, PNG or WebP
  std::string caption;      ///< below it; may be empty
  enum class Verdict {
    kNone,
    kHit,
    kMiss
  } verdict = Verdict::kNone;  ///< the frame's colour, and a mark
};

struct GridRow {
  std::string title;  ///< above it: the query
  std::vector<GridCell> cells;
};

/// Rows of pictures: what was found for each query.
struct ImageGrid {
  std::string stem;
  std::string title;
  std::vector<GridRow> rows;
};

/// Draws folder/stem.svg and folder/stem.pdf, and leaves what they were drawn from beside them:
/// stem.tsv (grids: stem.rgb) and the gnuplot script stem.gp, to be changed and run again by hand.
/// All files appear together or not at all.
///
/// @throws SystemError if gnuplot is not installed, or refuses (with its words)
/// @throws DataError   a figure without any point, a number that is not finite, one that is not
///                     positive on a logarithmic axis,
///                     or a picture that can't be decoded
void draw_figure(const Figure& figure, const std::filesystem::path& folder);
void draw_image_grid(const ImageGrid& grid, const std::filesystem::path& folder);

/// Whether `draw_figure` can draw here.
bool has_gnuplot();

}  // namespace twinset
