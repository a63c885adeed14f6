#include <fmt/format.h>

#include <algorithm>

#include "eval/figures/figure.h"
#include "eval/figures/gnuplot.h"
#include "framework/core/error.h"
#include "framework/data/image.h"

namespace twinset {
namespace {

// In units of a picture's side.
constexpr double kStepX = 1.08, kTitle = 0.24, kCaption = 0.2, kSpace = 0.1;
constexpr double kMillimetres = 17;  // a picture's side
constexpr const char* kHit = "#0b6e4f";
constexpr const char* kMiss = "#c03a22";

struct Drawing {
  std::string labels, plots, bytes;
  int num_objects = 0;
};

std::string label(double x, double y, const char* place, const std::string& text,
                  const char* colour, double font) {
  return fmt::format("set label {} at {:.3f},{:.3f} {} front textcolor rgb '{}' font ',{}'\n",
                     gnuplot_string(text), x, y, place, colour, font);
}

// Pictures of any shape are fitted into the square whose lower left corner is (x, y).
void add_picture(const GridCell& cell, double x, double y, const std::string& data,
                 const std::string& place, Drawing& drawing) {
  const Image image = decode_image(cell.image_bytes, place);
  const double pixel = 1.0 / static_cast<double>(std::max(image.width, image.height));
  const double width = pixel * static_cast<double>(image.width),
               height = pixel * static_cast<double>(image.height);
  drawing.plots += fmt::format(
      "{}{} binary array=({},{}) skip={} flipy format='%uchar' origin=({:.5f},{:.5f}) dx={:.6f} "
      "dy={:.6f} using 1:2:3 with rgbimage",
      drawing.plots.empty() ? "plot " : ", \\\n     ", data, image.width, image.height,
      drawing.bytes.size(), x + (1 - width) / 2 + pixel / 2, y + (1 - height) / 2 + pixel / 2,
      pixel, pixel);
  drawing.bytes.append(image.pixels.begin(), image.pixels.end());
  if (cell.verdict == GridCell::Verdict::kNone) return;
  const bool is_hit = cell.verdict == GridCell::Verdict::kHit;
  drawing.labels += fmt::format(
      "set object {} rectangle from {:.3f},{:.3f} to {:.3f},{:.3f} front fillstyle empty border "
      "linecolor rgb '{}' linewidth 2.2\n",
      ++drawing.num_objects, x, y, x + 1, y + 1, is_hit ? kHit : kMiss);
  // The frame's colour is not the only sign: not everybody can tell these two apart.
  drawing.labels +=
      label(x + 0.94, y + 0.1, "right", is_hit ? "\u2713" : "\u2717", is_hit ? kHit : kMiss, 14);
}

}  // namespace

void draw_image_grid(const ImageGrid& grid, const std::filesystem::path& folder) {
  const std::string data_name = grid.stem + ".rgb", data = gnuplot_string(data_name);
  Drawing drawing;
  size_t num_columns = 1;
  double y = 0;
  for (size_t r = 0; r < grid.rows.size(); ++r) {
    const GridRow& row = grid.rows[r];
    num_columns = std::max(num_columns, row.cells.size());
    drawing.labels += label(0, y - kTitle * 0.55, "left", row.title, "#1f2428", 11);
    y -= kTitle + 1;
    const bool has_captions = std::any_of(row.cells.begin(), row.cells.end(),
                                          [](const GridCell& c) { return !c.caption.empty(); });
    for (size_t c = 0; c < row.cells.size(); ++c) {
      const double x = kStepX * static_cast<double>(c);
      add_picture(row.cells[c], x, y, data,
                  fmt::format("{}, row {}, picture {}", grid.stem, r + 1, c + 1), drawing);
      if (has_captions)
        drawing.labels += label(x, y - 0.1, "left", row.cells[c].caption, "#5c6670", 8);
    }
    y -= (has_captions ? kCaption : 0) + kSpace;
  }
  if (drawing.plots.empty())
    throw DataError({.where = grid.stem, .what = "holds no picture", .expected = "at least one"});
  const double width = kStepX * static_cast<double>(num_columns) - (kStepX - 1) + 0.1,
               height = -y + 0.1;
  const std::string script = fmt::format(
      "unset border\nunset tics\nunset key\nunset grid\nset title {}\nset lmargin 1\nset rmargin "
      "1\nset bmargin 0.5\n"
      "set xrange [-0.05:{:.3f}]\nset yrange [{:.3f}:0.05]\nset size ratio -1\n{}{}",
      gnuplot_string(grid.title), width - 0.05, y - 0.05, drawing.labels, drawing.plots);
  run_gnuplot(folder, grid.stem,
              {.width = kMillimetres * width + 6,
               .height = kMillimetres * height + (grid.title.empty() ? 3 : 12)},
              script, data_name, drawing.bytes);
}

}  // namespace twinset
