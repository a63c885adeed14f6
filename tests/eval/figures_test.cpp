#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

#include "eval/distributions/distribution_results.h"
#include "eval/figures/figure.h"
#include "eval/figures/gnuplot.h"
#include "framework/core/atomic_file.h"
#include "framework/core/error.h"
#include "tests/testing/temporary_folder.h"

namespace twinset {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using ::testing::ThrowsMessage;

constexpr const char* kNoGnuplot = "no gnuplot on PATH (Debian: gnuplot-nox)";

size_t files_in(const std::filesystem::path& folder) {
  return static_cast<size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

// A PNG of 3 x 2 pixels, red and blue.
std::string small_png() {
  static constexpr unsigned char kBytes[] = {
      0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44,
      0x52, 0x00, 0x00, 0x00, 0x03, 0x00, 0x00, 0x00, 0x02, 0x08, 0x02, 0x00, 0x00, 0x00, 0x12,
      0x16, 0xf1, 0x4d, 0x00, 0x00, 0x00, 0x11, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9c, 0x63, 0xf8,
      0xcf, 0xc0, 0x00, 0x44, 0x20, 0x02, 0xce, 0x02, 0x00, 0x3d, 0xd6, 0x05, 0xfb, 0xd7, 0xef,
      0x5a, 0xf8, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82};
  return {reinterpret_cast<const char*>(kBytes), sizeof kBytes};
}

Figure lines() {
  return {.stem = "recall",
          .title = "Tom's recall_at_K",
          .x_label = "K",
          .y_label = "recall",
          .series = {{"sup_con", {{1, 0.25, 0.2, 0.3}, {10, 0.75, 0.7, 0.8}}},
                     {"info_nce", {{1, 0.2}, {10, 0.5}}}}};
}

TEST(Figures, AreDrawnAsSvgAndPdfWithTheirData) {
  if (!has_gnuplot()) GTEST_SKIP() << kNoGnuplot;
  const testing::TemporaryFolder folder;
  draw_figure(lines(), folder.path());
  const std::string svg = read_file(folder.path() / "recall.svg");
  EXPECT_THAT(svg, HasSubstr("</svg>"));
  EXPECT_THAT(svg, HasSubstr("Tom's recall_at_K"))
      << "neither quoting nor subscripts change the words";
  EXPECT_THAT(svg, HasSubstr("sup_con"));
  EXPECT_THAT(read_file(folder.path() / "recall.pdf"), StartsWith("%PDF"));
  EXPECT_THAT(read_file(folder.path() / "recall.tsv"),
              HasSubstr("# sup_con\n# x\ty\tlow\thigh\n1\t0.25\t0.2\t0.3\n"));
  EXPECT_EQ(files_in(folder.path()), 4u) << "nothing but svg, pdf, tsv and gp";
  // The script can be run again by hand.
  std::filesystem::remove(folder.path() / "recall.pdf");
  EXPECT_EQ(std::system(("cd " + folder.path().string() + " && gnuplot recall.gp").c_str()), 0);
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "recall.pdf"));
}

TEST(Figures, BarsNameTheirCategories) {
  if (!has_gnuplot()) GTEST_SKIP() << kNoGnuplot;
  const testing::TemporaryFolder folder;
  Figure figure{.kind = FigureKind::kBars,
                .stem = "bars",
                .x_label = "mAP",
                .categories = {"resnet, sup_con", "vit"},
                .series = {{"", {{0, 0.6, 0.55, 0.65}, {1, 0.5}}}}};
  draw_figure(figure, folder.path());
  EXPECT_THAT(read_file(folder.path() / "bars.svg"), HasSubstr("resnet, sup_con"));
  figure.categories.pop_back();
  EXPECT_THAT([&] { draw_figure(figure, folder.path()); },
              ThrowsMessage<DataError>(HasSubstr("a name for each of its bars")));
}

TEST(Figures, GridsHoldEveryPicture) {
  if (!has_gnuplot()) GTEST_SKIP() << kNoGnuplot;
  const testing::TemporaryFolder folder;
  const GridCell hit{
      .image_bytes = small_png(), .caption = "first", .verdict = GridCell::Verdict::kHit};
  const GridCell miss{
      .image_bytes = small_png(), .caption = "", .verdict = GridCell::Verdict::kMiss};
  draw_image_grid(
      {.stem = "grid", .title = "", .rows = {{"black dress", {hit, miss}}, {"red shirt", {hit}}}},
      folder.path());
  const std::string svg = read_file(folder.path() / "grid.svg");
  size_t num_images = 0;
  for (size_t at = svg.find("<image"); at != std::string::npos; at = svg.find("<image", at + 1))
    ++num_images;
  EXPECT_EQ(num_images, 3u);
  EXPECT_THAT(svg, AllOf(HasSubstr("black dress"), HasSubstr("red shirt"), HasSubstr("first")));
  EXPECT_THAT(svg, Not(HasSubstr("href='file"))) << "pictures stand in the file";
  EXPECT_EQ(std::filesystem::file_size(folder.path() / "grid.rgb"), 3u * 3 * 2 * 3);
  EXPECT_THAT(
      [&] {
        draw_image_grid({.stem = "none", .title = "", .rows = {{"q", {}}}}, folder.path());
      },
      ThrowsMessage<DataError>(HasSubstr("holds no picture")));
  EXPECT_THAT(
      [&] {
        draw_image_grid({.stem = "bad",
                         .title = "",
                         .rows = {{"q", {{.image_bytes = "GIF89a", .caption = ""}}}}},
                        folder.path());
      },
      ThrowsMessage<DataError>(HasSubstr("bad, row 1, picture 1")));
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "bad.svg"));
}

TEST(Figures, RefuseWhatCannotBeDrawn) {
  const testing::TemporaryFolder folder;
  Figure figure = lines();
  figure.series[1].points[0].y = std::nan("");
  EXPECT_THAT(
      [&] { draw_figure(figure, folder.path()); },
      ThrowsMessage<DataError>(AllOf(HasSubstr("'info_nce'"), HasSubstr("finite numbers"))));
  figure = lines();
  figure.series[0].points[0].x = 0;
  figure.has_log_x = true;
  EXPECT_THAT([&] { draw_figure(figure, folder.path()); },
              ThrowsMessage<DataError>(HasSubstr("logarithmic axis")));
  figure.series.clear();
  EXPECT_THAT([&] { draw_figure(figure, folder.path()); },
              ThrowsMessage<DataError>(HasSubstr("holds no point")));
  EXPECT_EQ(files_in(folder.path()), 0u);
}

TEST(Figures, AFailureOfGnuplotLeavesNothing) {
  if (!has_gnuplot()) GTEST_SKIP() << kNoGnuplot;
  const testing::TemporaryFolder folder;
  EXPECT_THAT([&] { run_gnuplot(folder.path(), "broken", {}, "plot nonsense(", "broken.tsv", ""); },
              ThrowsMessage<SystemError>(HasSubstr("gnuplot could not draw it")));
  EXPECT_EQ(files_in(folder.path()), 0u);
}

TEST(Distributions, TableAndFiguresShowEverySet) {
  const FrequencyDistribution raw =
      frequency_distribution({{"a", "b", "c"}, {9, 2, 1}, {2, 2, 2, 2, 1, 1, 1, 1, 0}}, {2, 5});
  const std::vector<NamedDistribution> sets = {
      {"raw", raw}, {"curated", frequency_distribution({{"a"}, {9}, {1, 1, 1}}, {2, 5})}};
  const Table table = distribution_table(sets);
  EXPECT_THAT(to_markdown(table), HasSubstr("| raw        |        9 |        3 |      1.33 |    "
                                            "1.0 |    0.889 |   0.333 |   0.667 |"));
  EXPECT_THAT(to_markdown(table), Not(HasSubstr("seeds")));
  const Figure ranks = rank_frequency_figure(sets);
  ASSERT_EQ(ranks.series.size(), 2u);
  EXPECT_EQ(ranks.series[0].points.front().y, 9);
  EXPECT_EQ(ranks.series[0].points.back().x, 3);
  double total = 0;
  const Figure products = attributes_a_product_figure(sets);
  for (const FigurePoint& point : products.series[0].points) total += point.y;
  EXPECT_NEAR(total, 1, 1e-12);
}

}  // namespace
}  // namespace twinset
