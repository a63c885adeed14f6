#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "eval/judged/judged_precision.h"
#include "eval/judged/rating_page.h"
#include "framework/config/yaml.h"
#include "framework/core/atomic_file.h"
#include "framework/core/error.h"
#include "tests/testing/temporary_folder.h"

namespace twinset {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::ThrowsMessage;
using ::testing::UnorderedElementsAre;

const AttributeFamilies kFamilies = {
    {"color", {"colour"}}, {"brand", {"brand"}}, {"shape", {"shape"}}};

std::vector<CollectionSystem> two_systems() {
  const Attribute black{"colour", "black"}, dress{"category", "dress"}, brand{"brand", "Acme"};
  return {{"log",
           {{"black dress", {black, dress}, {"1", "2", "3"}},
            {"Acme dress", {brand, dress}, {"1", "3"}}}},
          {"model", {{"black dress", {black, dress}, {"1", "4"}}}}};
}

constexpr const char* kTruth =
    R"({"id": "1", "attributes": {"colour": "black", "category": "dress", "season": ["spring", "fall"]}}
{"id": "2", "attributes": {"colour": "red", "category": "dress"}}
{"id": "3", "attributes": {"colour": ["white", "black"], "category": "dress", "brand": "Acme"}}
{"id": "4", "attributes": {"colour": "black", "category": "dress"}}
)";

class JudgedFiles : public ::testing::Test {
 protected:
  std::filesystem::path file(const std::string& name, const std::string& content) {
    write_file(folder_.path() / name, content);
    return folder_.path() / name;
  }
  testing::TemporaryFolder folder_;
};

TEST_F(JudgedFiles, TruthCountsProductsWithEveryAttribute) {
  const auto systems = two_systems();
  const auto judged =
      judge_systems(systems, judge_by_truth(systems, file("truth.jsonl", kTruth)), kFamilies, 10);
  EXPECT_THAT(judged[0].by_collection, ElementsAre(::testing::DoubleNear(2.0 / 3, 1e-12), 0.5));
  EXPECT_NEAR(judged[0].overall.mean, (2.0 / 3 + 0.5) / 2, 1e-12);
  EXPECT_NEAR(judged[0].overall.deviation, std::sqrt(2 * std::pow((2.0 / 3 - 0.5) / 2, 2)), 1e-12);
  EXPECT_NEAR(judged[0].families[0].mean, 2.0 / 3, 1e-12)
      << "colour is asked for by the first collection alone";
  EXPECT_NEAR(judged[0].families[1].mean, 0.5, 1e-12);
  EXPECT_EQ(judged[0].families[2].num_collections, 0);
  EXPECT_EQ(judged[1].overall.mean, 1);
  const auto first =
      judge_systems(systems, judge_by_truth(systems, file("truth.jsonl", kTruth)), kFamilies, 1);
  EXPECT_EQ(first[0].by_collection, (std::vector<double>{1, 0})) << "k cuts the list";

  const std::string markdown = to_markdown(judged_table(judged, kFamilies, 10));
  EXPECT_THAT(markdown, HasSubstr("| log    | 2           |     0.583 |     0.667 | 0.500 |"));
  EXPECT_THAT(markdown, HasSubstr("| model  | 1           | **1.000** | **1.000** |     - |"));
  EXPECT_THAT(markdown, Not(HasSubstr("shape"))) << "a family that no title asks for";
}

TEST_F(JudgedFiles, UnjudgedProductsAreLeftOutAndCounted) {
  const auto answers =
      read_judge_file(file("judge.jsonl",
                           R"({"title": "black dress", "product": "1", "satisfied": true}
{"title": "black dress", "product": "2", "satisfied": 0.25}
{"title": "black dress", "product": "3", "satisfied": null}
)"));
  const auto judged = judge_systems(two_systems(), answers, kFamilies, 10);
  EXPECT_DOUBLE_EQ(judged[0].by_collection[0], 0.625);
  EXPECT_TRUE(std::isnan(judged[0].by_collection[1]));
  EXPECT_EQ(judged[0].overall.num_collections, 1);
  EXPECT_EQ(judged[0].num_unjudged, 3);
  EXPECT_THAT(to_markdown(judged_table(judged, kFamilies, 10)),
              HasSubstr("3 products were not judged"));
}

TEST_F(JudgedFiles, CollectionsReadBackAndErrorsNameTheLine) {
  const auto path = folder_.path() / "c.jsonl";
  write_collections(two_systems()[0].collections, path);
  const auto read = read_collections(path);
  ASSERT_EQ(read.size(), 2u);
  EXPECT_EQ(read[0].title, "black dress");
  EXPECT_EQ(read[0].attributes[1].phrase(), "category: dress");
  EXPECT_THAT(read[0].products, ElementsAre("1", "2", "3"));
  const std::string one = R"({"title": "a", "attributes": {}, "products": ["1"]})";
  EXPECT_THAT([&] { read_collections(file("x", one + "\n" + one)); },
              ThrowsMessage<DataError>(AllOf(HasSubstr("x:2"), HasSubstr("was there before"))));
  EXPECT_THAT(
      [&] { read_collections(file("x", R"({"title": "a", "attributes": {}, "products": []})")); },
      ThrowsMessage<DataError>(HasSubstr("no product")));
  EXPECT_THAT([&] { read_collections(file("x", R"({"title": "a", "products": ["1"]})")); },
              ThrowsMessage<DataError>(AllOf(HasSubstr("x:1"), HasSubstr("attributes"))));
  EXPECT_THAT([&] { judge_by_truth(two_systems(), file("t", R"({"id": "1", "attributes": {}})")); },
              ThrowsMessage<DataError>(
                  HasSubstr("has no product '2', which log shows under 'black dress'")));
  EXPECT_THAT(
      [&] { read_judge_file(file("x", R"({"title": "a", "product": "1", "satisfied": 2})")); },
      ThrowsMessage<DataError>(HasSubstr("from 0 to 1")));
}

TEST(Families, AreReadStrictly) {
  EXPECT_EQ(read_families(load_yaml("color: [colour, second_colour]\nbrand: [brand]\n", "f")),
            (AttributeFamilies{{"color", {"colour", "second_colour"}}, {"brand", {"brand"}}}));
  EXPECT_THAT([] { read_families(load_yaml("a: [x]\nb: [x]\n", "f.yaml")); },
              ThrowsMessage<ConfigError>(HasSubstr("each in one family")));
}

TEST_F(JudgedFiles, TheRatingPageIsBlindMixedAndReadsBack) {
  const auto systems = two_systems();
  const RatingPage page = make_rating_page(systems, 2, 0, 7);
  ASSERT_EQ(page.items.size(), 3u);
  for (const RatingItem& item : page.items) EXPECT_EQ(item.products.size(), 2u);
  EXPECT_EQ(make_rating_page(systems, 2, 0, 7).digest, page.digest);
  bool is_order_drawn = false;
  for (uint64_t seed = 0; seed < 20; ++seed)
    is_order_drawn = is_order_drawn ||
                     make_rating_page(systems, 2, 0, seed).items[0].system != page.items[0].system;
  EXPECT_TRUE(is_order_drawn);
  const RatingPage shared = make_rating_page(systems, 2, 1, 7);
  ASSERT_EQ(shared.items.size(), 2u) << "the title that both systems have comes before the others";
  EXPECT_EQ(shared.items[0].title, "black dress");

  write_rating_page(
      page, [](const std::string& id) { return "\xff\xd8\xff" + id; }, folder_.path());
  const std::string html = read_file(folder_.path() / "rate.html");
  EXPECT_THAT(html, HasSubstr("black dress"));
  for (const char* hidden : {"\"log\"", "\"model\"", "http:", "https:", "/*DATA*/"})
    EXPECT_THAT(html, Not(HasSubstr(hidden)));

  nlohmann::json ratings = {{"format", "twinset.ratings"},
                            {"version", 1},
                            {"page", page.digest},
                            {"rater", "anna"},
                            {"verdicts", {}}};
  for (const RatingItem& item : page.items) {
    for (const std::string& product : item.products)
      ratings["verdicts"][item.id].push_back(product == "1"   ? nlohmann::json(true)
                                             : product == "2" ? nlohmann::json()
                                                              : nlohmann::json(false));
  }
  const auto anna = file("anna.json", ratings.dump()), key = folder_.path() / "key.json";
  ratings["rater"] = "bert";
  ratings["verdicts"][page.items[0].id][0] = true;
  const auto bert = file("bert.json", ratings.dump());
  const Judgments judgments = read_ratings({anna}, key);
  EXPECT_EQ(judgments.verdict("black dress", "1"), 1.0);
  EXPECT_EQ(judgments.verdict("black dress", "2"), std::nullopt) << "could not tell";
  EXPECT_EQ(judgments.verdict("Acme dress", "3"), 0.0);
  const Judgments both = read_ratings({anna, bert}, key);
  EXPECT_THAT(both.judges(), ElementsAre("anna", "bert"));
  EXPECT_EQ(both.table().size(), 5u) << "five pairs of title and product";
  EXPECT_EQ(both.table()[0].size(), 2u);

  EXPECT_THAT(
      [&] {
        read_ratings({anna, anna}, key);
      },
      ThrowsMessage<DataError>(HasSubstr("a second file of the rater 'anna'")));
  ratings["page"] = "other";
  EXPECT_THAT([&] { read_ratings({file("other.json", ratings.dump())}, key); },
              ThrowsMessage<DataError>(HasSubstr("expected the page")));
  EXPECT_THAT([&] { read_ratings({key}, key); },
              ThrowsMessage<DataError>(HasSubstr("is no twinset.ratings")));
}

TEST_F(JudgedFiles, TitlesCannotBreakThePage) {
  const std::vector<CollectionSystem> systems = {{"a", {{"</script><b>\"x\"", {}, {"1"}}}}};
  write_rating_page(
      make_rating_page(systems, 10, 0, 0),
      [](const std::string&) { return std::string("\xff\xd8\xff"); }, folder_.path());
  EXPECT_THAT(read_file(folder_.path() / "rate.html"), HasSubstr("\\u003c/script>\\u003cb>"));
}

}  // namespace
}  // namespace twinset
