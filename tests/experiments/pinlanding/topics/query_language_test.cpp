#include "experiments/pinlanding/topics/query_language.h"

#include <gmock/gmock.h>

#include <cmath>
#include <set>

#include "framework/core/error.h"

namespace twinset::pinlanding {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TEST(TrigramModel, MatchesAHandComputedValue) {
  TrigramModel model;
  model.add({"black", "dress"}, 2);
  model.add({"red", "dress"}, 1);
  // Unigrams: black 2, red 1, dress 3, end 3: 9 tokens of 4 kinds; the uniform distribution has
  // 1/5.
  const double dress = (3 + 4 * 0.2) / (9 + 4);
  // After "black": dress 2, one kind. After "<s> black": the same.
  const double after_black = (2 + 1 * dress) / (2 + 1);
  EXPECT_NEAR(model.probability({"black"}, "dress"), (2 + 1 * after_black) / (2 + 1), 1e-15);
  EXPECT_NEAR(model.probability({"blue"}, "dress"), dress, 1e-15);
  EXPECT_NEAR(model.probability({"blue"}, "coat"), 4 * 0.2 / 13, 1e-15);
}

TEST(TrigramModel, SumsToOneOverTheWordsAndAnUnknownOne) {
  TrigramModel model;
  const std::vector<std::vector<std::string>> texts = {
      {"a", "b", "c"}, {"a", "c"}, {"b", "b", "a"}, {"c"}};
  for (const auto& text : texts) model.add(text, 1);
  const std::set<std::string> words = {"a", "b", "c", "", "unknown"};
  for (const std::vector<std::string>& history :
       std::vector<std::vector<std::string>>{{}, {"a"}, {"b", "b"}, {"z", "a"}, {"a", "z"}}) {
    double sum = 0;
    for (const std::string& word : words) sum += model.probability(history, word);
    EXPECT_NEAR(sum, 1.0, 1e-12);
  }
}

TEST(TrigramModel, AveragesOverWordsAndTheEnd) {
  TrigramModel model;
  model.add({"black", "dress"}, 3);
  model.add({"dress"}, 1);
  const double expected = std::log(model.probability({}, "black")) +
                          std::log(model.probability({"black"}, "dress")) +
                          std::log(model.probability({"black", "dress"}, ""));
  EXPECT_NEAR(model.mean_log_probability({"black", "dress"}), expected / 3, 1e-12);
}

Intent query(const std::string& text, int64_t searches) {
  return {.query = text, .searches = searches};
}

TEST(QueryPhrasing, PrefersTheOrderInWhichPeopleSearch) {
  const QueryPhrasing phrasing({query("black midi dress", 9), query("black dress", 8),
                                query("red midi dress", 7), query("red dress", 6),
                                query("black skirt", 5), query("skirt dress black", 1),
                                query("black midi skirt", 2), query("zebra", 1)});
  EXPECT_GT(phrasing.score("red midi skirt"), phrasing.score("skirt red midi"));
  EXPECT_EQ(phrasing.score(""), 0);
  EXPECT_LE(phrasing.score("black midi dress"), 1.0);
}

TEST(QueryPhrasing, IsTheShareOfSearchesThatAreNoBetter) {
  // The model learns "a b"; the yardstick is "a b" (3 searches) and "c d" (1).
  const QueryPhrasing phrasing(
      {query("a b", 5), query("a b", 3), query("a b", 5), query("c d", 1)});
  EXPECT_EQ(phrasing.score("a b"), 1.0);
  EXPECT_EQ(phrasing.score("x y"), 0.25);
}

TEST(QueryPhrasing, WantsALog) {
  EXPECT_THAT([] { QueryPhrasing({query("dress", 4)}); },
              ThrowsMessage<DataError>(HasSubstr("has fewer than two queries with words")));
}

}  // namespace
}  // namespace twinset::pinlanding
