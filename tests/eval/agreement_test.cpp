#include "eval/judged/agreement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "framework/core/atomic_file.h"
#include "framework/core/error.h"
#include "tests/testing/temporary_folder.h"

namespace twinset {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

// The answers are scikit-learn's, statsmodels' and krippendorff's:
// tests/eval/make_agreement_golden.py.
const nlohmann::json& golden() {
  static const auto kGolden = nlohmann::json::parse(read_file("tests/eval/golden/agreement.json"));
  return kGolden;
}

void expect_answers(const RatingTable& ratings, const nlohmann::json& answers) {
  const auto expect = [&](const char* name, const std::optional<double>& value) {
    ASSERT_TRUE(value.has_value()) << name;
    EXPECT_NEAR(*value, answers.at(name).get<double>(), 1e-12) << name;
  };
  expect("cohen_none", cohen_kappa(ratings, 0, 1, KappaWeights::kNone));
  expect("cohen_linear", cohen_kappa(ratings, 0, 1, KappaWeights::kLinear));
  expect("cohen_quadratic", cohen_kappa(ratings, 0, 1, KappaWeights::kQuadratic));
  expect("fleiss", fleiss_kappa(ratings));
  expect("krippendorff_nominal", krippendorff_alpha(ratings, RatingScale::kNominal));
  expect("krippendorff_ordinal", krippendorff_alpha(ratings, RatingScale::kOrdinal));
  expect("krippendorff_interval", krippendorff_alpha(ratings, RatingScale::kInterval));
}

TEST(Agreement, EqualsThePackagesOnRandomTables) {
  for (const auto& entry : golden().at("tables")) {
    RatingTable ratings;
    for (const auto& row : entry.at("ratings")) {
      auto& item = ratings.emplace_back();
      for (const auto& rating : row)
        item.push_back(rating.is_null() ? std::nullopt : std::optional(rating.get<double>()));
    }
    expect_answers(ratings, entry.at("answers"));
  }
}

TEST(Agreement, EqualsThePackagesOnRealJudgments) {
  const char* shared = std::getenv("TWINSET_SHARED");
  const auto file = std::filesystem::path(shared == nullptr ? "../shared" : shared) /
                    "data/chorus_judgments/Broad_Query_Set_individual_ratings.csv";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << file << " is missing";
  const RatingTable ratings =
      read_rating_columns(file, {"agent_1_rating", "agent_2_rating", "agent_3_rating"});
  EXPECT_EQ(ratings.size(), golden().at("chorus").at("items").get<size_t>());
  expect_answers(ratings, golden().at("chorus").at("answers"));
}

TEST(Agreement, PerfectAndUndefinedCases) {
  const RatingTable equal = {{1, 1}, {0, 0}, {1, 1}};
  EXPECT_DOUBLE_EQ(*cohen_kappa(equal, 0, 1, KappaWeights::kNone), 1);
  EXPECT_DOUBLE_EQ(*fleiss_kappa(equal), 1);
  EXPECT_DOUBLE_EQ(*krippendorff_alpha(equal, RatingScale::kOrdinal), 1);
  const RatingTable constant = {{1, 1}, {1, 1}};
  EXPECT_FALSE(cohen_kappa(constant, 0, 1, KappaWeights::kNone).has_value());
  EXPECT_FALSE(fleiss_kappa(constant).has_value());
  EXPECT_FALSE(krippendorff_alpha(constant, RatingScale::kNominal).has_value());
  const RatingTable apart = {{1, std::nullopt}, {std::nullopt, 0}};
  EXPECT_FALSE(cohen_kappa(apart, 0, 1, KappaWeights::kNone).has_value());
  EXPECT_FALSE(fleiss_kappa(apart).has_value());
  EXPECT_FALSE(krippendorff_alpha(apart, RatingScale::kNominal).has_value());
}

TEST(RatingColumns, AreReadFromQuotedCsv) {
  const testing::TemporaryFolder folder;
  const auto file = (folder.path() / "r.csv").string();
  write_file(file, "name,a,b\r\n\"one, \"\"two\"\"\nthree\",1,0\r\nfour,,2.5\r\n");
  EXPECT_EQ(read_rating_columns(file, {"b", "a"}), (RatingTable{{0, 1}, {2.5, std::nullopt}}));
  EXPECT_THAT([&] { read_rating_columns(file, {"c"}); },
              ThrowsMessage<ConfigError>(HasSubstr("'c'")));
  write_file(file, "name,a\n\"x\ny\",1\nz,high\n");
  EXPECT_THAT([&] { read_rating_columns(file, {"a"}); },
              ThrowsMessage<DataError>(AllOf(HasSubstr("r.csv:4"), HasSubstr("'high'"))));
  write_file(file, "name,a\n\"x,1\n");
  EXPECT_THAT([&] { read_rating_columns(file, {"a"}); },
              ThrowsMessage<DataError>(HasSubstr("never ends")));
}

}  // namespace
}  // namespace twinset
