#include "experiments/pinlanding/topics/topic_scores.h"

#include <gmock/gmock.h>

#include <cmath>

namespace twinset::pinlanding {
namespace {

TEST(NormalizedPmi, IsOneTogetherAndZeroApart) {
  EXPECT_NEAR(normalized_pmi(10, {10, 10}, 1000), 1.0, 1e-12);
  EXPECT_NEAR(normalized_pmi(10, {10, 10, 10}, 1000), 1.0, 1e-12);
  EXPECT_NEAR(normalized_pmi(100, {200, 500}, 1000), 0.0, 1e-12);
  EXPECT_NEAR(normalized_pmi(25, {500, 100, 500}, 1000), 0.0, 1e-12);
  EXPECT_LT(normalized_pmi(1, {500, 500}, 1000), 0.0);
  EXPECT_GT(normalized_pmi(1, {500, 500}, 1000), -1.0);
  EXPECT_EQ(normalized_pmi(50, {50, 50}, 50), 0.0);
}

TEST(NormalizedPmi, MatchesItsFormula) {
  const double together = 30.0 / 500, apart = 60.0 / 500 * 90.0 / 500 * 200.0 / 500;
  EXPECT_NEAR(normalized_pmi(30, {60, 90, 200}, 500),
              std::log(together / apart) / (-2 * std::log(together)), 1e-12);
}

TEST(NamedShare, CountsAttributesWhoseWordsAreThere) {
  const std::vector<Attribute> attributes = {
      {"category", "dress"}, {"pattern", "polka dot"}, {"gender", "women"}};
  EXPECT_EQ(named_share("Women's polka dot dresses", attributes), 1.0);
  EXPECT_NEAR(named_share("dotted dress for women", attributes), 2.0 / 3, 1e-15);
  EXPECT_EQ(named_share("", attributes), 0.0);
}

const Attribute kDress{"category", "dress"}, kSkirt{"category", "skirt"}, kBlack{"colour", "black"},
    kMidi{"length", "midi"};

TEST(DemandModel, MatchesItsFormula) {
  const DemandModel demand(
      {{.query = "black dress", .searches = 6, .attributes = {kBlack, kDress}},
       {.query = "midi dress", .searches = 3, .attributes = {kMidi, kDress}},
       {.query = "black skirt", .searches = 1, .attributes = {kBlack, kSkirt}}},
      2.0);
  const double black_of_dress = (6 + 2 * 0.7) / (9 + 2), midi_of_dress = (3 + 2 * 0.3) / (9 + 2),
               midi_of_skirt = 2 * 0.3 / (1 + 2);
  EXPECT_NEAR(demand.expected_searches({kDress}), 9, 1e-12);
  EXPECT_NEAR(demand.expected_searches({kDress, kBlack, kMidi}), 9 * black_of_dress * midi_of_dress,
              1e-12);
  EXPECT_NEAR(demand.expected_searches({kSkirt, kMidi}), midi_of_skirt, 1e-12);
  EXPECT_EQ(demand.expected_searches({{"category", "coat"}, kBlack}), 0.0);
  EXPECT_EQ(demand.expected_searches({kDress, {"colour", "teal"}}), 0.0);
}

}  // namespace
}  // namespace twinset::pinlanding
