#include "eval/figures/run_figures.h"

#include <ATen/ops/from_blob.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "eval/run_comparison.h"
#include "eval/statistics/query_values.h"
#include "eval/tuple_scores.h"
#include "framework/config/yaml.h"
#include "framework/core/atomic_file.h"
#include "framework/core/error.h"
#include "framework/core/random.h"
#include "tests/eval/memory_dataset.h"
#include "tests/testing/temporary_folder.h"

namespace twinset {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::ThrowsMessage;

class RunFigures : public ::testing::Test {
 protected:
  RunResult run(const std::string& loss, const std::string& seed, double map,
                const std::string& metrics) {
    RunResult result{.folder = folder_.path() / (loss + seed),
                     .name = loss + seed,
                     .choices = {{"loss", loss}, {"seed", seed}},
                     .splits = {{"test", {{"map", map}}}},
                     .train = {{"seconds", 3}},
                     .failure = ""};
    write_file(result.folder / "metrics.jsonl", metrics);
    return result;
  }
  testing::TemporaryFolder folder_;
};

TEST_F(RunFigures, AblationBarsAreMeansWithDeviations) {
  const Table table =
      make_table({run("a", "1", 0.4, ""), run("a", "2", 0.6, ""), run("b", "1", 0.7, "")},
                 {{"prior", "", {{"map", 0.1}}}},
                 {.columns = {{.metric = "map", .title = "mAP", .scale = 100}}});
  const Figure figure = ablation_figure(table, "map");
  EXPECT_THAT(figure.categories, ElementsAre("prior", "a", "b"));
  EXPECT_NEAR(figure.series[0].points[1].y, 50, 1e-9);
  EXPECT_NEAR(figure.series[0].points[1].high, 50 + 100 * std::sqrt(0.02), 1e-9);
  EXPECT_EQ(figure.series[0].points[2].low, figure.series[0].points[2].high)
      << "one seed has no deviation";
  EXPECT_THAT([&] { ablation_figure(table, "mao"); },
              ThrowsMessage<ConfigError>(HasSubstr("'map'")));
}

TEST_F(RunFigures, TrainingCurvesAreMeansOverSeedsAtCommonSteps) {
  const std::vector<RunResult> runs = {
      run("a", "1", 0, "{\"step\": 1, \"loss\": 4}\n{\"step\": 2, \"loss\": 2}\n"),
      run("a", "2", 0, "{\"step\": 1, \"loss\": 6}\n"),
      run("b", "1", 0, "{\"step\": 1, \"loss\": 1}\n")};
  const Table table = make_table(runs, {}, {.columns = {{.metric = "map"}}});
  const Figure figure = training_figure(runs, table, "loss", "Loss");
  ASSERT_EQ(figure.series.size(), 2u);
  ASSERT_EQ(figure.series[0].points.size(), 1u) << "step 2 has one seed of two";
  EXPECT_EQ(figure.series[0].points[0].y, 5);
  EXPECT_EQ(figure.series[0].points[0].low, 4);
  EXPECT_EQ(figure.series[0].points[0].high, 6);
  EXPECT_TRUE(training_figure(runs, table, "none", "").series.empty());
}

TEST(RecallCurve, IsRecallAtEveryCut) {
  const auto products = testing::six_garments();
  const auto vocabulary = AttributeVocabulary::build(
      products, VocabularyOptions{.keys = {"type", "colour"}, .min_count = 1});
  const SparsePairs labels = label_table(products, vocabulary);
  CounterRandom random({.seed = 1, .purpose = "scores"});
  std::vector<double> scores(static_cast<size_t>(products.size() * vocabulary.size()));
  for (double& score : scores) score = random.uniform();
  const MatrixScores source(scores, vocabulary.size());
  const auto points = recall_series("r", source, {labels, vocabulary}, 6).points;
  ASSERT_EQ(points.size(), 6u);
  for (int64_t k = 1; k <= 6; ++k) {
    double sum = 0, count = 0;
    for (int64_t i = 0; i < products.size(); ++i) {
      if (labels.row(i).empty()) continue;
      sum += recall_at_k(positive_ranks(source.rows(i, 1).row(0), labels.row(i)), k);
      count += 1;
    }
    EXPECT_NEAR(points[static_cast<size_t>(k - 1)].y, sum / count, 1e-12);
  }
  EXPECT_NEAR(points.back().y, 1, 1e-12);
}

TEST(PrincipalComponents, MatchPowerIteration) {
  constexpr int kRows = 40, kWidth = 5;
  CounterRandom random({.seed = 2, .purpose = "rows"});
  std::vector<float> values(kRows * kWidth);
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<float>(random.normal() * (i % kWidth == 1   ? 3
                                                      : i % kWidth == 3 ? 2
                                                                        : 0.3) +
                                   1);
  const at::Tensor points =
      principal_components(at::from_blob(values.data(), {kRows, kWidth})).contiguous();
  const double* xy = points.const_data_ptr<double>();

  std::vector<std::vector<double>> rows(kRows, std::vector<double>(kWidth));
  std::vector<double> mean(kWidth);
  for (int i = 0; i < kRows; ++i) {
    double norm = 0;
    for (int j = 0; j < kWidth; ++j)
      norm += std::pow(values[static_cast<size_t>(i * kWidth + j)], 2);
    for (int j = 0; j < kWidth; ++j) {
      rows[static_cast<size_t>(i)][static_cast<size_t>(j)] =
          values[static_cast<size_t>(i * kWidth + j)] / std::sqrt(norm);
      mean[static_cast<size_t>(j)] += rows[static_cast<size_t>(i)][static_cast<size_t>(j)] / kRows;
    }
  }
  for (auto& row : rows) {
    for (size_t j = 0; j < kWidth; ++j) row[j] -= mean[j];
  }
  for (int component = 0; component < 2; ++component) {
    std::vector<double> axis(kWidth, 1.0);
    for (int iteration = 0; iteration < 3000; ++iteration) {
      std::vector<double> next(kWidth);
      for (const auto& row : rows) {
        double dot = 0;
        for (size_t j = 0; j < kWidth; ++j) dot += row[j] * axis[j];
        for (size_t j = 0; j < kWidth; ++j) next[j] += dot * row[j];
      }
      double norm = 0;
      for (const double x : next) norm += x * x;
      for (size_t j = 0; j < kWidth; ++j) axis[j] = next[j] / std::sqrt(norm);
    }
    double difference = 0, mirrored = 0;
    for (size_t i = 0; i < kRows; ++i) {
      double dot = 0;
      for (size_t j = 0; j < kWidth; ++j) dot += rows[i][j] * axis[j];
      difference = std::max(difference, std::abs(dot - xy[2 * i + static_cast<size_t>(component)]));
      mirrored = std::max(mirrored, std::abs(dot + xy[2 * i + static_cast<size_t>(component)]));
      for (size_t j = 0; j < kWidth; ++j)
        rows[i][j] -= dot * axis[j];  // the next component is at right angles
    }
    EXPECT_LT(std::min(difference, mirrored), 1e-6) << component;
  }
}

TEST(WithinFamilyScores, RankBySumsOfLogSoftmaxes) {
  const auto products = testing::six_garments();
  const auto vocabulary = AttributeVocabulary::build(
      products, VocabularyOptions{.keys = {"type", "colour"}, .min_count = 1});
  // Columns: type Dresses, Tshirts, Watches; colour Black, Red, White. Product 1 has the larger sum
  // of cosines, product 0 the larger sum of log-softmaxes: what it scores for the wanted attributes
  // stands out within their families.
  const MatrixScores source({.5, .1, .1, .5, .1, .1, .6, .6, .6, .6, .6, .6}, 6);
  WithinFamilyScores scores;
  scores.add(source, vocabulary, 10);
  EXPECT_THAT(scores.top_products({0, 3}, 2), ElementsAre(0, 1));
  scores.add(source, vocabulary, 10);
  EXPECT_EQ(scores.num_products(), 4);
  EXPECT_THAT(scores.top_products({0, 3}, 3), ElementsAre(0, 2, 1))
      << "equal sums by the earlier product";
}

TEST(ConfigDifferences, NameEveryKeyThatIsNotTheSame) {
  const auto differences =
      config_differences({load_yaml("{a: 1, b: {c: x, d: [1, 2]}, e: 5}", "1"),
                          load_yaml("{a: 1, b: {c: y, d: [1, 2]}, f: 6}", "2")});
  ASSERT_EQ(differences.size(), 3u);
  EXPECT_EQ(differences[0].key, "b.c");
  EXPECT_THAT(differences[0].values, ElementsAre("x", "y"));
  EXPECT_EQ(differences[1].key, "e");
  EXPECT_THAT(differences[1].values, ElementsAre("5", "-"));
  EXPECT_THAT(differences[2].values, ElementsAre("-", "6"));
}

TEST_F(RunFigures, TwoRunsAreCompared) {
  RunResult a = run("a", "1", 0.5, "{\"step\": 1, \"loss\": 4}\n"),
            b = run("b", "1", 0.75, "{\"step\": 1, \"loss\": 3}\n");
  a.splits[0].second.emplace_back("extra", 1);
  const RunComparison comparison =
      compare_runs(a, b, {load_yaml("{loss: a}", "1"), load_yaml("{loss: b}", "2")}, "test");
  const std::string text = to_markdown(comparison);
  EXPECT_THAT(text, HasSubstr("| loss          |     a |      b |"));
  EXPECT_THAT(text, HasSubstr("| map           |   0.5 |   0.75 |          +0.25 |"));
  EXPECT_THAT(text, HasSubstr("Only the first run has: extra"));
  const std::string html = comparison_html(comparison);
  EXPECT_THAT(html, AllOf(HasSubstr("+0.25"), HasSubstr("<svg"), Not(HasSubstr("http")),
                          Not(HasSubstr("<script"))));
  EXPECT_THAT([&] { compare_runs(a, b, {}, "val"); },
              ThrowsMessage<DataError>(HasSubstr("shares no metric of the split 'val'")));
  EXPECT_FALSE(comparison.metrics[0].p_value.has_value())
      << "no values of single queries were kept";
  QueryValues values{.metric = "map", .queries = {}, .values = {}};
  for (int q = 0; q < 40; ++q)
    values.queries.push_back(std::to_string(q)), values.values.push_back(0.01 * q);
  write_query_values(query_values_file(a.folder, "test"), {values});
  for (double& value : values.values) value += 0.1;
  write_query_values(query_values_file(b.folder, "test"), {values});
  const RunComparison tested =
      compare_runs(a, b, {load_yaml("{}", "1"), load_yaml("{}", "2")}, "test");
  ASSERT_TRUE(tested.metrics[0].p_value.has_value());
  EXPECT_LT(*tested.metrics[0].p_value, 0.001);
  EXPECT_THAT(to_markdown(tested), HasSubstr("| < 0.001 |"));
  b.failure = "out of memory";
  EXPECT_THAT([&] { compare_runs(a, b, {}, "test"); },
              ThrowsMessage<DataError>(HasSubstr("failed: out of memory")));
}

}  // namespace
}  // namespace twinset
