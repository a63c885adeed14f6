#include "experiments/pinlanding/demand/demand_intents.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "framework/core/random.h"

namespace twinset::pinlanding {
namespace {

LoggedSearch search(const std::string& query, double searches,
                    const std::map<std::string, int64_t>& clicks = {}) {
  LoggedSearch logged;
  logged.query = query;
  logged.searches = searches;
  logged.clicks = clicks;
  return logged;
}

TEST(IntentGatherer, FormsOfOneQueryAreOneIntentUnderTheMostSearchedForm) {
  IntentGatherer gatherer({});
  gatherer.add(search("Red Dress", 2, {{"1", 1}}), "");
  gatherer.add(search("red dresses", 5, {{"1", 2}, {"2", 1}}), "");
  gatherer.add(search("?", 1), "");
  const auto intents = gatherer.intents(nullptr, {});
  ASSERT_EQ(intents.size(), 1u);
  EXPECT_EQ(intents[0].query, "red dresses");
  EXPECT_EQ(intents[0].searches, 7);
  EXPECT_EQ(intents[0].clicks, (std::map<std::string, int64_t>{{"1", 3}, {"2", 1}}));
  EXPECT_DOUBLE_EQ(intents[0].share, 1);
  EXPECT_EQ(gatherer.num_blank(), 1);
}

// Against a loop that follows the definition.
TEST(IntentGatherer, BandsAreByCumulativeShare) {
  CounterRandom random({1, 0, 0, "bands"});
  DemandOptions options;
  IntentGatherer gatherer(options);
  std::vector<std::pair<int64_t, std::string>> counts;
  int64_t total = 0;
  for (int i = 0; i < 200; ++i) {
    const auto count = static_cast<int64_t>(1 + 300 / (1 + random.below(300)));
    counts.emplace_back(count, "q" + std::to_string(i));
    total += count;
    gatherer.add(search(counts.back().second, static_cast<double>(count)), "");
  }
  std::sort(counts.begin(), counts.end(), [](auto& a, auto& b) {
    return a.first != b.first ? a.first > b.first : a.second < b.second;
  });
  const auto intents = gatherer.intents(nullptr, {});
  ASSERT_EQ(intents.size(), 200u);
  int64_t before = 0;
  std::map<std::string, int> bands;
  for (size_t i = 0; i < counts.size(); ++i) {
    EXPECT_EQ(intents[i].query, counts[i].second);
    const char* band = before < .5 * static_cast<double>(total)   ? "head"
                       : before < .8 * static_cast<double>(total) ? "torso"
                                                                  : "tail";
    EXPECT_EQ(intents[i].band, band);
    EXPECT_DOUBLE_EQ(intents[i].share,
                     static_cast<double>(counts[i].first) / static_cast<double>(total));
    before += counts[i].first;
    ++bands[intents[i].band];
  }
  EXPECT_EQ(bands.size(), 3u);
}

TEST(IntentGatherer, AttributesAreTheLogsOrFoundAmongItsValues) {
  IntentGatherer gatherer({});
  LoggedSearch known = search("noir dress", 3);
  known.attributes = {{"colour", "black"}, {"category", "dress"}};
  gatherer.add(known, "");
  gatherer.add(search("black shoes", 1), "");
  const auto intents = gatherer.intents(nullptr, {});
  ASSERT_EQ(intents[0].attributes.size(), 2u);
  ASSERT_EQ(intents[1].attributes.size(), 1u);
  EXPECT_EQ(intents[1].attributes[0].phrase(), "colour: black");
}

TEST(IntentGatherer, ACollectionCoversByItsTitleOrExactlyTheSameAttributes) {
  IntentGatherer gatherer({});
  LoggedSearch both = search("black dress", 4), one = search("dress", 3);
  both.attributes = {{"colour", "black"}, {"category", "dress"}};
  one.attributes = {{"category", "dress"}};
  gatherer.add(both, "");
  gatherer.add(one, "");
  gatherer.add(search("party shoes", 2), "");
  const std::vector<Collection> collections = {
      {"Dresses in black", {{"category", "dress"}, {"colour", "black"}}, {"1"}},
      {"Party Shoe", {}, {"1"}}};
  const auto intents = gatherer.intents(nullptr, collections);
  EXPECT_TRUE(intents[0].is_covered);
  EXPECT_FALSE(intents[1].is_covered);
  EXPECT_TRUE(intents[2].is_covered);
}

TEST(IntentGatherer, ThinSpotsAndFailingQueries) {
  DemandOptions options;
  options.torso_share = 0.95;
  IntentGatherer gatherer(options);
  gatherer.add(search("good", 50, {{"1", 30}}), "");
  gatherer.add(search("rarely", 30, {{"1", 2}}), "");
  gatherer.add(search("never", 10), "");
  LoggedSearch nothing = search("nothing", 6, {{"1", 6}});
  nothing.results = 0;
  gatherer.add(nothing, "");
  gatherer.add(search("once", 2), "");
  const auto intents = gatherer.intents(nullptr, {});
  std::string thin, failing;
  for (const auto& intent : intents) {
    if (intent.is_thin) thin += intent.query + " ";
    if (intent.is_failing) failing += intent.query + " ";
  }
  EXPECT_EQ(thin, "rarely never nothing ");
  EXPECT_EQ(failing, "never nothing ");
}

TEST(IntentGatherer, WithoutClicksInTheLogNothingIsConcludedFromTheirAbsence) {
  IntentGatherer gatherer({});
  gatherer.add(search("dress", 50), "");
  const auto intents = gatherer.intents(nullptr, {});
  EXPECT_FALSE(intents[0].is_thin);
  EXPECT_FALSE(intents[0].is_failing);
}

}  // namespace
}  // namespace twinset::pinlanding
