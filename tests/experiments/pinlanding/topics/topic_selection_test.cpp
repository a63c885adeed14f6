#include "experiments/pinlanding/topics/topic_selection.h"

#include <gmock/gmock.h>

#include <cmath>
#include <set>

#include "framework/core/error.h"
#include "framework/core/random.h"

namespace twinset::pinlanding {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

Topic topic(const std::string& title, double coherence, double plausibility = 1,
            double phrasing = 1) {
  return {.title = title,
          .attributes = {},
          .coherence = coherence,
          .plausibility = plausibility,
          .phrasing = phrasing};
}

std::vector<std::string> titles(const std::vector<Topic>& topics) {
  std::vector<std::string> result;
  for (const Topic& t : topics) result.push_back(t.title);
  return result;
}

TEST(TopicScore, IsAWeightedGeometricMean) {
  EXPECT_NEAR(topic_score(topic("", .5, .2, .8), {2, 1, 0}), std::pow(.5 * .5 * .2, 1.0 / 3),
              1e-12);
  EXPECT_EQ(topic_score(topic("", 0, 1, 1), {1, 1, 1}), 0.0);
  EXPECT_NEAR(topic_score(topic("", 0, .5, 1), {0, 1, 0}), .5, 1e-12);
  EXPECT_THAT(
      [] {
        topic_score({}, {0, 0, 0});
      },
      ThrowsMessage<ConfigError>(HasSubstr("topics.weights: are all 0")));
}

TEST(SelectTopics, KeepsTheBetterOfDuplicates) {
  TopicsOptions options;
  options.max_jaccard = 0.5;
  options.thresholds = {.1, 0, 0};
  DroppedTopics dropped;
  const auto selected =
      select_topics({topic("a", .5), topic("b", .9), topic("c", .8), topic("b", .7), topic("d", .6),
                     topic("e", .05)},
                    {{9}, {1, 2, 3}, {1, 2, 3, 4}, {7}, {1, 4, 5, 6}, {8}}, options, dropped);
  EXPECT_THAT(titles(selected), ElementsAre("b", "d", "a"));
  EXPECT_EQ(dropped.near_duplicates, 1);
  EXPECT_EQ(dropped.same_title, 1);
  EXPECT_EQ(dropped.below_thresholds, 1);
  EXPECT_NEAR(selected[0].score, std::cbrt(.9), 1e-12);
}

TEST(SelectTopics, StopsAtTheLimit) {
  TopicsOptions options;
  options.max_topics = 2;
  options.thresholds = {0, 0, 0};
  DroppedTopics dropped;
  EXPECT_THAT(titles(select_topics({topic("a", .5), topic("b", .9), topic("c", .5)},
                                   {{1}, {2}, {3}}, options, dropped)),
              ElementsAre("b", "a"));
  EXPECT_EQ(dropped.beyond_limit, 1);
}

TEST(SelectTopics, DropsEqualSetsEvenIfEveryOverlapIsAllowed) {
  TopicsOptions options;
  options.max_jaccard = 1;
  options.thresholds = {0, 0, 0};
  DroppedTopics dropped;
  EXPECT_THAT(titles(select_topics({topic("a", .5), topic("b", .9), topic("c", .4)},
                                   {{1, 2}, {1, 2}, {1, 2, 3}}, options, dropped)),
              ElementsAre("b", "c"));
}

TEST(SelectTopics, MatchesComparingEveryPair) {
  CounterRandom random({1, 0, 0, "topic_selection_test"});
  std::vector<Topic> topics;
  std::vector<std::vector<int32_t>> products;
  for (int t = 0; t < 200; ++t) {
    topics.push_back(topic("topic " + std::to_string(t), random.uniform()));
    std::set<int32_t> set;
    for (uint64_t i = 1 + random.below(8); i > 0; --i)
      set.insert(static_cast<int32_t>(random.below(12)));
    products.emplace_back(set.begin(), set.end());
  }
  TopicsOptions options;
  options.max_jaccard = 0.6;
  options.thresholds = {0, 0, 0};
  DroppedTopics dropped;
  const auto selected = select_topics(topics, products, options, dropped);
  std::vector<size_t> order(topics.size()), kept;
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(),
            [&](size_t a, size_t b) { return topics[a].coherence > topics[b].coherence; });
  std::vector<std::string> expected;
  for (const size_t i : order) {
    const bool has_near = std::any_of(kept.begin(), kept.end(), [&](size_t other) {
      std::vector<int32_t> common, all;
      std::set_intersection(products[i].begin(), products[i].end(), products[other].begin(),
                            products[other].end(), std::back_inserter(common));
      std::set_union(products[i].begin(), products[i].end(), products[other].begin(),
                     products[other].end(), std::back_inserter(all));
      return static_cast<double>(common.size()) / static_cast<double>(all.size()) > 0.6;
    });
    if (has_near) continue;
    kept.push_back(i);
    expected.push_back(topics[i].title);
  }
  EXPECT_EQ(titles(selected), expected);
}

}  // namespace
}  // namespace twinset::pinlanding
