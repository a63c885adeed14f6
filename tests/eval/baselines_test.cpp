#include "eval/baselines/baselines.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>

#include "eval/baselines/baseline_file.h"
#include "eval/baselines/bm25.h"
#include "eval/baselines/title_words.h"
#include "framework/core/error.h"
#include "tests/eval/memory_dataset.h"
#include "tests/eval/myntra.h"

namespace twinset {
namespace {

using Words = std::vector<std::string>;

TEST(TitleWords, LowerJoinAndStem) {
  EXPECT_EQ(title_words("Puma Men's Navy T-Shirts (Pack of 2)"),
            (Words{"puma", "men", "navy", "tshirt", "pack", "of", "2"}));
  EXPECT_EQ(title_words("not-shirt t shirt"), (Words{"not", "shirt", "tshirt"}));
  EXPECT_EQ(
      title_words("watches dresses boxes brushes accessories ties bus dress gas shoes"),
      (Words{"watch", "dress", "box", "brush", "accessory", "tie", "bus", "dress", "gas", "shoe"}));
  EXPECT_EQ(title_words(""), Words{});
}

TEST(Bm25, ByHand) {
  const Bm25 bm25({{"red", "dress"}, {"red", "red", "shirt", "shirt"}}, {});
  const double idf_red = std::log(1 + 0.5 / 2.5), idf_dress = std::log(1 + 1.5 / 1.5);
  const double norm_0 = 1.2 * (0.25 + 0.75 * 2 / 3), norm_1 = 1.2 * (0.25 + 0.75 * 4 / 3);
  const auto scores = bm25.scores({"red", "dress", "unknown"});
  EXPECT_DOUBLE_EQ(scores[0], idf_red * 2.2 / (1 + norm_0) + idf_dress * 2.2 / (1 + norm_0));
  EXPECT_DOUBLE_EQ(scores[1], idf_red * 2 * 2.2 / (2 + norm_1));
}

TEST(TitleKeywords, MatchesComeFirstThenFrequency) {
  const auto products = testing::six_garments();
  const auto vocabulary = AttributeVocabulary::build(
      products, VocabularyOptions{.keys = {"type", "colour"}, .min_count = 1});
  const auto scores = make_title_keywords(vocabulary, products)->rows(3, 1);  // "Black dress"
  EXPECT_DOUBLE_EQ(scores.row(0)[0], 1 + 2.0 / 6) << "type: Dresses is in the title";
  EXPECT_DOUBLE_EQ(scores.row(0)[1], 3.0 / 6) << "type: Tshirts is not";
}

TEST(BaselineFile, ReadsBackWhatWasWritten) {
  const auto file =
      std::filesystem::temp_directory_path() / fmt::format("twinset_baselines_{}.json", getpid());
  const std::vector<BaselineResult> written = {{"prior", "", {{"map", 0.1 + 0.2}}},
                                               {"a paper", "Smith 2020", {}}};
  write_baselines(written, file);
  const auto read = read_baselines(file);
  ASSERT_EQ(read.size(), 2u);
  EXPECT_EQ(read[0].metrics, written[0].metrics);
  EXPECT_EQ(read[1].name, "a paper");
  EXPECT_EQ(read[1].source, "Smith 2020");
  write_file(file, "[{\"name\": \"x\"}]");
  EXPECT_THAT([&] { read_baselines(file); },
              ::testing::ThrowsMessage<DataError>(::testing::HasSubstr("'metrics'")));
  std::filesystem::remove(file);
}

TEST(Baselines, ReachTheReferenceOnMyntra) {
  const auto myntra = testing::read_myntra();
  if (!myntra) GTEST_SKIP() << testing::kNoMyntra;
  ASSERT_EQ(myntra->vocabulary.size(), 106);
  ASSERT_EQ(myntra->test.size(), 772);
  EvaluationOptions options;
  options.tuple_to_product.keys = {"articleType", "baseColour", "gender"};
  const auto results =
      evaluate_baselines(nullptr, myntra->test, {myntra->labels, myntra->vocabulary}, options);

  // From the reference scorer's output on the same files, which has no row of chance.
  using Expected = std::vector<std::pair<std::string, double>>;
  const std::vector<Expected> expected = {{{"product_to_attribute.hit@1", .755},
                                           {"product_to_attribute.recall@6", .502},
                                           {"product_to_attribute.map", .551},
                                           {"product_to_attribute.accuracy.articleType", .172},
                                           {"product_to_attribute.accuracy.baseColour", .229},
                                           {"attribute_to_product.precision@10", .095},
                                           {"tuple_to_product.sum.precision@10", .013},
                                           {"tuple_to_product.num_tuples", 34},
                                           {"tuple_to_product.ceiling.precision@10", .800}},
                                          {{"product_to_attribute.hit@1", .994},
                                           {"product_to_attribute.recall@6", .805},
                                           {"product_to_attribute.map", .867},
                                           {"product_to_attribute.accuracy.articleType", .911},
                                           {"product_to_attribute.accuracy.baseColour", .943},
                                           {"attribute_to_product.precision@10", .855},
                                           {"tuple_to_product.sum.precision@10", .735}},
                                          {{"attribute_to_product.precision@10", .867},
                                           {"tuple_to_product.phrase.precision@10", .747}}};
  ASSERT_EQ(results.size(), expected.size() + 1);
  EXPECT_EQ(results[0].name, "random");
  for (size_t i = 0; i < expected.size(); ++i) {
    const auto& result = results[i + 1];
    for (const auto& [name, value] : expected[i]) {
      const double* found = find_metric(result.metrics, name);
      ASSERT_NE(found, nullptr) << result.name << " " << name;
      EXPECT_NEAR(*found, value, 5.1e-4) << result.name << " " << name;
    }
  }
}

}  // namespace
}  // namespace twinset
