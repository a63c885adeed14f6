// Against scipy and statsmodels (golden.json, made by make_golden.py), and against definitions.
#include <gmock/gmock.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "eval/statistics/comparison.h"
#include "eval/statistics/distributions.h"
#include "framework/core/error.h"
#include "framework/core/random.h"
#include "tests/testing/temporary_folder.h"

namespace twinset {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Values = std::vector<double>;

const nlohmann::json& golden() {
  static const auto json =
      nlohmann::json::parse(std::ifstream("tests/eval/statistics/golden.json"));
  return json;
}

TEST(StudentT, EqualsScipy) {
  for (const auto& c : golden().at("t_tails")) {
    const double expected = c.at("p"), actual = student_t_two_sided(c.at("t"), c.at("degrees"));
    EXPECT_NEAR(actual, expected, 1e-12 * std::max(expected, 1e-3)) << c;
    if (expected > 1e-200) {
      EXPECT_NEAR(actual / expected, 1.0, 1e-9) << c;
    }
  }
}

TEST(NormalQuantile, EqualsScipyAndInvertsTheDistribution) {
  for (const auto& c : golden().at("quantiles"))
    EXPECT_NEAR(normal_quantile(c.at("p")), double{c.at("z")}, 1e-11) << c;
  for (const double z : {-5.0, -1.0, 0.0, 0.3, 4.0})
    EXPECT_NEAR(normal_quantile(normal_cdf(z)), z, 1e-9);
}

TEST(PairedTTest, EqualsScipy) {
  for (const auto& c : golden().at("tests")) {
    const PairedTest test =
        paired_t_test(c.at("first").get<Values>(), c.at("second").get<Values>());
    EXPECT_NEAR(test.statistic, double{c.at("t")}, 1e-10 * std::abs(double{c.at("t")}));
    EXPECT_NEAR(test.p_value, double{c.at("t_p")}, 1e-12);
  }
}

TEST(PairedPermutationTest, IsScipysExactOneForFewQueriesAndNearItForMany) {
  for (const auto& c : golden().at("tests")) {
    const auto first = c.at("first").get<Values>();
    const PairedTest test = paired_permutation_test(first, c.at("second").get<Values>());
    const double expected = c.at("permutation_p");
    EXPECT_EQ(test.is_exact, first.size() < 15);
    // Sampled by both: within six standard errors of the smaller sample.
    EXPECT_NEAR(test.p_value, expected,
                test.is_exact ? 1e-12 : 6 * std::sqrt(expected * (1 - expected) / 1e5) + 2e-5);
  }
}

TEST(PairedPermutationTest, SampledIsNearExactAndDoesNotDependOnThreads) {
  Values first, second;
  CounterRandom random({.seed = 3, .purpose = "values"});
  for (int i = 0; i < 14; ++i) {
    first.push_back(random.uniform());
    second.push_back(first.back() + random.uniform(-0.2, 0.3));
  }
  const double exact = paired_permutation_test(first, second).p_value;
  const PairedTest one = paired_permutation_test(
      first, second, {.num_permutations = 10000, .seed = 5, .num_threads = 1});
  EXPECT_FALSE(one.is_exact);
  EXPECT_NEAR(one.p_value, exact, 6 * std::sqrt(exact * (1 - exact) / 1e4));
  EXPECT_EQ(paired_permutation_test(first, second,
                                    {.num_permutations = 10000, .seed = 5, .num_threads = 3})
                .p_value,
            one.p_value);
  EXPECT_NE(paired_permutation_test(first, second, {.num_permutations = 10000, .seed = 6}).p_value,
            one.p_value);
}

TEST(PairedTests, RejectATrueNullHypothesisAsOftenAsTheLevelSays) {
  int permutation_rejections = 0, t_rejections = 0;
  constexpr int kTrials = 400;
  for (int trial = 0; trial < kTrials; ++trial) {
    CounterRandom random({.seed = 11, .sample = static_cast<uint64_t>(trial), .purpose = "null"});
    Values first, second;
    for (int i = 0; i < 30; ++i) {
      first.push_back(random.normal());
      second.push_back(random.normal());
    }
    permutation_rejections +=
        paired_permutation_test(first, second, {.num_permutations = 999}).p_value <= 0.1;
    t_rejections += paired_t_test(first, second).p_value <= 0.1;
  }
  EXPECT_NEAR(permutation_rejections, 0.1 * kTrials, 6 * std::sqrt(kTrials * 0.09));
  EXPECT_NEAR(t_rejections, 0.1 * kTrials, 6 * std::sqrt(kTrials * 0.09));
}

TEST(PairedTests, KnowTheLimits) {
  const Values same = {0.5, 0.25, 1.0}, more = {1.0, 0.75, 1.5};
  EXPECT_EQ(paired_permutation_test(same, same).p_value, 1.0);
  EXPECT_EQ(paired_t_test(same, same).p_value, 1.0);
  EXPECT_EQ(paired_effect_size(same, same), 0.0);
  EXPECT_EQ(paired_t_test(same, more).p_value, 0.0);
  EXPECT_EQ(paired_permutation_test(same, more).p_value, 0.25);  // all signs equal: 2 of 8
  EXPECT_THROW(paired_t_test(same, Values{1.0}), ShapeError);
  EXPECT_THROW(paired_permutation_test(Values{}, Values{}), ShapeError);
}

TEST(Holm, EqualsStatsmodels) {
  for (const auto& c : golden().at("holm")) {
    const Values actual = holm_adjusted(c.at("p").get<Values>()),
                 expected = c.at("adjusted").get<Values>();
    ASSERT_EQ(actual.size(), expected.size());
    for (size_t i = 0; i < actual.size(); ++i) EXPECT_NEAR(actual[i], expected[i], 1e-15);
  }
}

TEST(Bootstrap, IsNearScipys) {
  for (const auto& c : golden().at("bootstraps")) {
    const auto values = c.at("values").get<Values>();
    for (const bool corrects_bias : {false, true}) {
      const Interval interval = bootstrap_interval(
          values, {.confidence = 0.9, .num_resamples = 40000, .corrects_bias = corrects_bias});
      const auto expected = c.at(corrects_bias ? "BCa" : "percentile").get<Values>();
      // The ends are quantiles of 40,000 draws: their own error is about a hundredth of the
      // standard error. Means of 0s and 1s lie on a grid of 1 / n.
      const double tolerance =
          0.05 * double{c.at("standard_error")} + 1.0 / static_cast<double>(values.size());
      EXPECT_NEAR(interval.low, expected[0], tolerance) << corrects_bias;
      EXPECT_NEAR(interval.high, expected[1], tolerance) << corrects_bias;
    }
  }
}

TEST(Bootstrap, HasNoWidthForEqualValuesAndRefusesNone) {
  const Interval interval = bootstrap_interval(Values{0.5, 0.5, 0.5});
  EXPECT_EQ(interval.low, 0.5);
  EXPECT_EQ(interval.high, 0.5);
  EXPECT_THROW(bootstrap_interval(Values{}), DataError);
  EXPECT_THROW(bootstrap_interval(Values{1, 2}, {.confidence = 1.0}), ConfigError);
}

TEST(Summarize, IsMeanAndSampleDeviation) {
  const Summary summary = summarize(Values{1, 2, 4});
  EXPECT_DOUBLE_EQ(summary.mean, 7.0 / 3);
  EXPECT_DOUBLE_EQ(summary.deviation, std::sqrt(7.0 / 3));
  EXPECT_TRUE(std::isnan(summarize(Values{1}).deviation));
}

TEST(QueryValues, ArePairedByIdWhateverTheirOrder) {
  const PairedValues paired =
      pair_by_query({"map", {"a", "b", "c"}, {1, 2, 3}}, {"map", {"c", "x", "a"}, {30, 0, 10}});
  EXPECT_THAT(paired.first, ElementsAre(1, 3));
  EXPECT_THAT(paired.second, ElementsAre(10, 30));
  EXPECT_THROW(pair_by_query({"map", {"a"}, {1}}, {"map", {"b"}, {1}}), DataError);
  EXPECT_THROW(pair_by_query({"map", {"a", "a"}, {1, 2}}, {"map", {"a"}, {1}}), DataError);
}

TEST(QueryValues, MeanOverSeedsKeepsQueriesThatAllHave) {
  const QueryValues mean = mean_over_runs(
      {{"map", {"a", "b"}, {1, 2}}, {"map", {"b", "a"}, {4, 3}}, {"map", {"b"}, {6}}});
  EXPECT_THAT(mean.queries, ElementsAre("b"));
  EXPECT_THAT(mean.values, ElementsAre(4));
}

TEST(QueryValues, ComeBackFromTheirFile) {
  const testing::TemporaryFolder folder;
  const auto file = query_values_file(folder.path(), "test");
  write_query_values(file, {{"map", {"a", "\"b\""}, {0.1, 1.0 / 3}}, {"hit@1", {}, {}}});
  const auto read = read_query_values(file);
  ASSERT_EQ(read.size(), 2u);
  EXPECT_THAT(read[0].queries, ElementsAre("a", "\"b\""));
  EXPECT_THAT(read[0].values, ElementsAre(0.1, 1.0 / 3));
  std::ofstream(file) << R"({"map": {"queries": ["a"], "values": []}})";
  EXPECT_THAT([&] { read_query_values(file); },
              ::testing::ThrowsMessage<DataError>(HasSubstr("'map' has not one value a query")));
}

TEST(Comparison, SaysWhenNoDifferenceWasFound) {
  QueryValues base{"map", {}, {}}, better{"map", {}, {}}, same{"map", {}, {}};
  CounterRandom random({.seed = 2, .purpose = "values"});
  for (int i = 0; i < 200; ++i) {
    for (QueryValues* values : {&base, &better, &same})
      values->queries.push_back(std::to_string(i));
    base.values.push_back(random.uniform());
    better.values.push_back(base.values.back() + 0.05 + 0.1 * random.normal());
    same.values.push_back(base.values.back() + (i % 2 == 0 ? 0.1 : -0.1));
  }
  for (const char* test : {"permutation", "t"}) {
    const auto found = compare_with_first(
        {{"base", {base}}, {"better", {better}}, {"same", {same}}}, {.test = test});
    ASSERT_EQ(found.size(), 2u);
    EXPECT_TRUE(found[0].is_different);
    EXPECT_NEAR(found[0].difference, 0.05, 0.03);
    EXPECT_GT(found[0].interval.low, 0.0);
    EXPECT_GT(found[0].share_better, 0.5);
    EXPECT_DOUBLE_EQ(found[0].adjusted_p_value, 2 * found[0].p_value);  // the smaller of two
    EXPECT_THAT(describe(found[0]), HasSubstr("map: better is higher than base: +0.0"));
    EXPECT_FALSE(found[1].is_different);
    EXPECT_THAT(describe(found[1]), HasSubstr("map: no difference found between base and same: "));
  }
  EXPECT_THROW(compare_with_first({{"base", {base}}, {"none", {}}}), DataError);
  EXPECT_THAT(
      [&] {
        compare_with_first({{"base", {base}}, {"same", {same}}}, {.test = "fisher"});
      },
      ::testing::ThrowsMessage<ConfigError>(HasSubstr("unknown test 'fisher'")));
}

}  // namespace
}  // namespace twinset
