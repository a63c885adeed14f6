#include "experiments/pinlanding/judge/topic_coverage.h"

#include <gmock/gmock.h>

#include <cmath>

namespace twinset::pinlanding {
namespace {

const Attribute kBlack{"colour", "black"}, kRed{"colour", "red"}, kDress{"category", "dress"},
    kMidi{"length", "midi"};

TEST(UniqueTopics, CountsWhatIsAskedForNotTheWords) {
  const std::vector<Collection> collections = {{"black dress", {kBlack, kDress}, {"1"}},
                                               {"dress black", {kDress, kBlack}, {"1"}},
                                               {"dress", {kDress}, {"1"}}};
  EXPECT_EQ(unique_topics(collections, 3), 2);
  EXPECT_EQ(unique_topics(collections, 2), 1);
  EXPECT_EQ(unique_topics(collections, 99), 2);
}

TEST(DemandCoverage, TellsExactFromNarrower) {
  const std::vector<Collection> collections = {{"black midi dress", {kBlack, kMidi, kDress}, {"1"}},
                                               {"black dress", {kDress, kBlack}, {"1"}}};
  const std::vector<Intent> log = {{.query = "a", .searches = 6, .attributes = {kBlack, kDress}},
                                   {.query = "b", .searches = 3, .attributes = {kMidi, kDress}},
                                   {.query = "c", .searches = 1, .attributes = {kRed, kDress}},
                                   {.query = "d", .searches = 90, .attributes = {}}};
  const DemandCoverage coverage = demand_coverage(collections, log);
  EXPECT_NEAR(coverage.exact, 0.6, 1e-12);
  EXPECT_NEAR(coverage.answered, 0.9, 1e-12);
  EXPECT_EQ(demand_coverage(collections, {}).exact, 0);
}

TEST(FirstAtPrecision, IsTheLongestRunThatIsGoodEnough) {
  EXPECT_EQ(first_at_precision({1, 0.5, 0.6, 0, 0}, 0.7), 3U);
  EXPECT_EQ(first_at_precision({0, 1, 1, 1}, 0.75), 4U);
  EXPECT_EQ(first_at_precision({0.1, 0.2}, 0.75), 0U);
  EXPECT_EQ(first_at_precision({std::nan(""), 1, std::nan("")}, 0.75), 3U);
  EXPECT_EQ(first_at_precision({0.1, 0.2, 0.3}, (0.1 + 0.2 + 0.3) / 3), 3U);
}

}  // namespace
}  // namespace twinset::pinlanding
