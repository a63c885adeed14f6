#include "eval/report.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "eval/svg_chart.h"
#include "eval/training_curves.h"
#include "framework/core/atomic_file.h"
#include "framework/core/error.h"
#include "tests/eval/memory_dataset.h"

namespace twinset {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::ThrowsMessage;
using Points = std::vector<std::pair<double, double>>;

size_t count_of(const std::string& text, const std::string& part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

class ReportFiles : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / fmt::format("twinset_report_{}", getpid());
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  RunResult run(const std::string& loss, const std::string& seed) {
    RunResult result{.folder = folder_ / (loss + seed),
                     .name = loss + " " + seed,
                     .choices = {{"encoder", "resnet"}, {"loss", loss}, {"seed", seed}},
                     .splits = {{"test", {{"map", 0.5}}}},
                     .train = {{"seconds", 12.34}}};
    write_file(result.folder / "metrics.jsonl",
               "{\"step\": 1, \"loss\": 2.5}\n{\"step\": 2, \"loss\": 1.5}\n");
    return result;
  }
  Report report() {
    Report report{.title = "Losses & towers",
                  .question = "Which loss is <best>?",
                  .runs = {run("sup_con", "1"), run("sup_con", "2"), run("info_nce", "1")}};
    report.table = make_table(report.runs, {{"frequency prior", "", {{"map", 0.1}}}},
                              {.columns = {{.metric = "map", .title = "mAP"}}});
    return report;
  }
  std::filesystem::path folder_;
};

TEST_F(ReportFiles, HoldsEveryPartAndNothingFromOutside) {
  Report page = report();
  page.examples = {{"Best cases",
                    {{.id = "7",
                      .title = "Tom's \"shirt\"",
                      .image_bytes = "\xff\xd8\xff",
                      .truth = {"colour: Red"},
                      .predictions = {{"colour: Red", 0.9, true}, {"colour: Blue", 0.4, false}}}}}};
  page.provenance = {{"commit", "abc123"}, {"command", "twinset train -m seed=1,2"}};
  const std::string html = report_html(page);
  EXPECT_THAT(html, HasSubstr("<h1>Losses &amp; towers</h1>"));
  EXPECT_THAT(html, HasSubstr("Which loss is &lt;best&gt;?"));
  EXPECT_THAT(html, HasSubstr("frequency prior"));
  EXPECT_EQ(count_of(html, "<polyline"), 3u) << "one line a run";
  EXPECT_EQ(count_of(html, "class=\"chart-title\""), 1u)
      << "curves that no run logged are left out";
  EXPECT_THAT(html, HasSubstr("src=\"data:image/jpeg;base64,/9j/\""));
  EXPECT_THAT(html, HasSubstr("alt=\"Tom&#39;s &quot;shirt&quot;\""));
  EXPECT_THAT(html, HasSubstr("<span class=\"hit\">colour: Red</span>"));
  EXPECT_THAT(html, HasSubstr("<span class=\"miss\">colour: Blue</span>"));
  EXPECT_THAT(html, HasSubstr("encoder = resnet"));
  EXPECT_THAT(html, HasSubstr("<tr><th>commit</th><td>abc123</td></tr>"));
  for (const char* outside :
       {"http:", "https:", "<script", "<link rel=\"stylesheet\"", "@import", "url("})
    EXPECT_THAT(html, Not(HasSubstr(outside)));
}

TEST_F(ReportFiles, SeedsOfARowShareAColour) {
  const std::string html = report_html(report());
  // A line each, and the legend's one.
  EXPECT_EQ(count_of(html, style_colour(0)), 3u);
  EXPECT_EQ(count_of(html, style_colour(1)), 2u);
  EXPECT_NE(style_dashes(0), style_dashes(8));
}

TEST_F(ReportFiles, FailedRunsSayWhy) {
  Report page = report();
  page.runs[1].failure = "out of memory";
  EXPECT_THAT(report_html(page), HasSubstr("failed: out of memory"));
}

TEST_F(ReportFiles, RefusesAnUnknownImage) {
  Report page = report();
  page.examples = {{"Cases", {{.id = "7", .image_bytes = "GIF89a"}}}};
  EXPECT_THAT([&] { report_html(page); },
              ThrowsMessage<DataError>(HasSubstr("product '7': the image is of no known kind")));
}

TEST_F(ReportFiles, CurvesAreReadByStep) {
  const auto file = folder_ / "metrics.jsonl";
  write_file(file,
             "{\"step\": 1, \"loss\": 2.5, \"lr\": 0.1}\n{\"step\": 2, \"loss\": null}\n{\"step\": "
             "3, \"loss\": "
             "1}\n{\"step\": 4, \"lo");
  const auto curves = read_training_curves(file);
  ASSERT_EQ(curves.size(), 2u);
  EXPECT_EQ(curves[0].metric, "loss");
  EXPECT_EQ(curves[0].points, (Points{{1, 2.5}, {3, 1}}));
  EXPECT_TRUE(read_training_curves(folder_ / "none.jsonl").empty());
  write_file(file, "{\"step\": 1, \"loss\": 2.5}\n{\"loss\": 2.5}\n");
  EXPECT_THAT([&] { read_training_curves(file); },
              ThrowsMessage<DataError>(HasSubstr("metrics.jsonl:2: is no metrics line")));
}

TEST(TrainingCurves, AreThinnedByAveraging) {
  EXPECT_EQ(thin_out({{1, 2}, {2, 4}, {3, 6}, {4, 8}, {5, 10}}, 3),
            (Points{{1.5, 3}, {3.5, 7}, {5, 10}}));
  EXPECT_EQ(thin_out({{1, 2}, {2, 4}}, 2), (Points{{1, 2}, {2, 4}}));
}

TEST(SvgChart, TicksAreRoundAndSpanTheRange) {
  for (const auto& [low, high] :
       Points{{0, 1}, {0.53, 0.61}, {-3, 17}, {1, 375}, {5, 5}, {0, 0}, {1e-9, 3e-9}}) {
    const auto ticks = axis_ticks(low, high);
    EXPECT_LE(ticks.front(), low + 1e-12);
    EXPECT_GE(ticks.back(), high - 1e-12);
    EXPECT_GE(ticks.size(), 3u);
    EXPECT_LE(ticks.size(), 8u) << low << " " << high;
  }
  const auto ticks = axis_ticks(0.53, 0.61);
  EXPECT_NEAR(ticks[1] - ticks[0], 0.02, 1e-12);
}

TEST(SvgChart, LinesStayInsideTheDrawing) {
  const std::string svg =
      to_svg({"Loss", "step", {{"a", 0, {{0, 0}, {10, 5}}}, {"b", 1, {}}, {"c", 2, {{3, 2}}}}});
  EXPECT_THAT(svg, HasSubstr("points=\"56.0,230.0 448.0,30.0\""))
      << "the extremes of the data are the axes' ends";
  EXPECT_EQ(count_of(svg, "<polyline"), 1u);
  EXPECT_EQ(count_of(svg, "<circle"), 1u) << "a single point is a dot";
  EXPECT_THAT(to_svg({"Loss", "step", {}}), HasSubstr("no data"));
}

TEST(Predictions, AreOrderedAndJudged) {
  const auto products = testing::six_garments();
  const auto vocabulary = AttributeVocabulary::build(
      products, VocabularyOptions{.keys = {"type", "colour"}, .min_count = 1});
  const SparsePairs labels = label_table(products, vocabulary);
  // Columns: type Dresses, Tshirts, Watches; colour Black, Red, White. Product 0 is a black
  // T-shirt.
  std::vector<double> scores(36);
  scores[1] = 0.5, scores[4] = 0.7, scores[3] = 0.1;
  const MatrixScores source(scores, 6);
  const EvaluationTruth truth{labels, vocabulary};
  const auto predictions = top_predictions(source, truth, 0, 2);
  ASSERT_EQ(predictions.size(), 2u);
  EXPECT_EQ(predictions[0].phrase, "colour: Red");
  EXPECT_FALSE(predictions[0].is_true);
  EXPECT_EQ(predictions[1].phrase, "type: Tshirts");
  EXPECT_TRUE(predictions[1].is_true);
  EXPECT_EQ(true_phrases(truth, 0), (std::vector<std::string>{"type: Tshirts", "colour: Black"}));
  EXPECT_DOUBLE_EQ(average_precisions(source, truth)[0], (1.0 / 2 + 2.0 / 3) / 2);
  EXPECT_EQ(top_predictions(source, truth, 0, 1, {0, 1, 0, 0, 0, 0})[0].phrase, "type: Tshirts");
}

}  // namespace
}  // namespace twinset
