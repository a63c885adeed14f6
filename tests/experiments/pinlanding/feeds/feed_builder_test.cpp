#include "experiments/pinlanding/feeds/feed_builder.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <set>

#include "framework/core/random.h"

namespace twinset::pinlanding {
namespace {

using ::testing::ElementsAre;

struct Catalogue {
  std::vector<std::string> ids;
  std::vector<int64_t> offsets = {0};
  std::vector<int32_t> columns;
  std::vector<float> confidences;
  std::vector<std::string> groups;

  ProductBlock block() const { return {ids, offsets, columns, confidences, groups}; }
  void add(const std::string& id, const std::vector<std::pair<int32_t, float>>& pairs) {
    ids.push_back(id);
    for (const auto& [column, confidence] : pairs) {
      columns.push_back(column);
      confidences.push_back(confidence);
    }
    offsets.push_back(static_cast<int64_t>(columns.size()));
  }
  std::vector<int64_t> counts(int32_t num_attributes) const {
    std::vector<int64_t> result(static_cast<size_t>(num_attributes));
    for (const int32_t c : columns) ++result[static_cast<size_t>(c)];
    return result;
  }
  Catalogue slice(size_t first, size_t last) const {
    Catalogue part;
    for (size_t p = first; p < last; ++p) {
      std::vector<std::pair<int32_t, float>> pairs;
      for (auto i = static_cast<size_t>(offsets[p]); i < static_cast<size_t>(offsets[p + 1]); ++i)
        pairs.emplace_back(columns[i], confidences[i]);
      part.add(ids[p], pairs);
    }
    return part;
  }
};

// Confidences of few values, so that there are many ties.
Catalogue random_catalogue(int64_t num_products, int32_t num_attributes, uint64_t seed) {
  Catalogue catalogue;
  CounterRandom random({seed, 0, 0, "feed_builder_test"});
  for (int64_t p = 0; p < num_products; ++p) {
    std::set<int32_t> columns;
    for (uint64_t i = random.below(9); i > 0; --i)
      columns.insert(static_cast<int32_t>(random.uniform() * random.uniform() * num_attributes));
    std::vector<std::pair<int32_t, float>> pairs;
    for (const int32_t c : columns) pairs.emplace_back(c, static_cast<float>(random.below(9)) / 8);
    catalogue.add(fmt::format("{:05}", p), pairs);
  }
  return catalogue;
}

std::vector<std::vector<int32_t>> random_topics(int64_t num_topics, int32_t num_attributes,
                                                uint64_t seed) {
  std::vector<std::vector<int32_t>> topics;
  CounterRandom random({seed, 1, 0, "feed_builder_test"});
  while (std::ssize(topics) < num_topics) {
    std::set<int32_t> columns;
    const uint64_t size = 1 + random.below(4);
    while (columns.size() < size)
      columns.insert(static_cast<int32_t>(random.uniform() * random.uniform() * num_attributes));
    topics.emplace_back(columns.begin(), columns.end());
  }
  return topics;
}

using Feeds = std::vector<std::vector<std::pair<std::string, double>>>;

// Every product against every topic.
Feeds naive_feeds(const Catalogue& catalogue, const std::vector<std::vector<int32_t>>& topics,
                  const std::vector<double>& weights, const FeedRules& rules) {
  Feeds feeds;
  for (const auto& topic : topics) {
    auto& feed = feeds.emplace_back();
    for (size_t p = 0; p < catalogue.ids.size(); ++p) {
      double score = rules.rule == FeedRule::kSum ? 0 : 1;
      int64_t shared = 0;
      for (const int32_t wanted : topic) {
        for (auto i = static_cast<size_t>(catalogue.offsets[p]);
             i < static_cast<size_t>(catalogue.offsets[p + 1]); ++i) {
          if (catalogue.columns[i] != wanted) continue;
          const double c = catalogue.confidences[i];
          ++shared;
          if (rules.rule == FeedRule::kSum) score += c * weights[static_cast<size_t>(wanted)];
          if (rules.rule == FeedRule::kProduct) score *= c;
          if (rules.rule == FeedRule::kMin) score = std::min(score, c);
        }
      }
      const auto size = std::ssize(topic);
      const int64_t least =
          rules.min_overlap <= 0 ? size : std::min<int64_t>(rules.min_overlap, size);
      if (shared >= least) feed.emplace_back(catalogue.ids[p], score);
    }
    std::stable_sort(feed.begin(), feed.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    if (std::ssize(feed) > rules.k) feed.resize(static_cast<size_t>(rules.k));
  }
  return feeds;
}

Feeds plain(const std::vector<std::vector<FeedEntry>>& feeds) {
  Feeds result;
  for (const auto& feed : feeds) {
    auto& entries = result.emplace_back();
    for (const FeedEntry& entry : feed) entries.emplace_back(entry.id, entry.score);
  }
  return result;
}

class AgainstEveryPair : public ::testing::TestWithParam<std::tuple<FeedRule, int, int>> {};

TEST_P(AgainstEveryPair, FindsTheSame) {
  const auto [rule, min_overlap, num_threads] = GetParam();
  const int32_t num_attributes = 30;
  const Catalogue catalogue = random_catalogue(9000, num_attributes, 1);
  const auto topics = random_topics(60, num_attributes, 2);
  std::vector<double> weights;
  for (int32_t a = 0; a < num_attributes; ++a)
    weights.push_back(rule == FeedRule::kSum ? 0.25 * (1 + a % 5) : 1);
  const FeedRules rules{
      .rule = rule, .k = 10, .min_overlap = min_overlap, .num_threads = num_threads};
  FeedBuilder builder(topics, weights, catalogue.counts(num_attributes), rules);
  builder.add(catalogue.block());
  EXPECT_EQ(plain(builder.finish()), naive_feeds(catalogue, topics, weights, rules));
}

INSTANTIATE_TEST_SUITE_P(
    FeedBuilder, AgainstEveryPair,
    ::testing::Combine(::testing::Values(FeedRule::kSum, FeedRule::kProduct, FeedRule::kMin),
                       ::testing::Values(0, 1, 2, 3), ::testing::Values(1, 3)));

TEST(FeedBuilder, DoesNotDependOnBlocksNorTheirOrder) {
  const int32_t num_attributes = 20;
  const Catalogue catalogue = random_catalogue(3000, num_attributes, 3);
  const auto topics = random_topics(40, num_attributes, 4);
  const std::vector<double> weights(static_cast<size_t>(num_attributes), 1.0);
  const FeedRules rules{.k = 7, .min_overlap = 2, .num_threads = 2};
  FeedBuilder builder(topics, {}, catalogue.counts(num_attributes), rules);
  const std::pair<size_t, size_t> blocks[] = {{2000, 3000}, {0, 17}, {900, 2000}, {17, 900}};
  for (const auto& [first, last] : blocks) {
    const Catalogue part = catalogue.slice(first, last);
    builder.add(part.block());
  }
  EXPECT_EQ(plain(builder.finish()), naive_feeds(catalogue, topics, weights, rules));
}

TEST(FeedBuilder, DoesNotDependOnTheFrequenciesItIsTold) {
  const int32_t num_attributes = 20;
  const Catalogue catalogue = random_catalogue(500, num_attributes, 5);
  const auto topics = random_topics(30, num_attributes, 6);
  const FeedRules rules{.k = 5, .min_overlap = 2};
  FeedBuilder wrong(topics, {}, std::vector<int64_t>(static_cast<size_t>(num_attributes)), rules);
  wrong.add(catalogue.block());
  FeedBuilder right(topics, {}, catalogue.counts(num_attributes), rules);
  right.add(catalogue.block());
  EXPECT_EQ(plain(wrong.finish()), plain(right.finish()));
}

TEST(FeedBuilder, SumsConfidenceTimesWeight) {
  Catalogue catalogue;
  catalogue.add("a", {{0, 0.5F}, {1, 1.0F}});
  catalogue.add("b", {{0, 1.0F}, {1, 0.5F}, {2, 1.0F}});
  catalogue.add("c", {{0, 1.0F}});
  FeedBuilder builder({{0, 1}}, {1, 3, 1}, {3, 2, 1}, {.k = 5});
  builder.add(catalogue.block());
  EXPECT_THAT(plain(builder.finish())[0], ElementsAre(std::pair("a", 3.5), std::pair("b", 2.5)));
}

TEST(FeedBuilder, BreaksTiesByIdAcrossBlocks) {
  Catalogue later, earlier;
  later.add("x", {{0, 1.0F}});
  later.add("y", {{0, 1.0F}});
  earlier.add("a", {{0, 1.0F}});
  FeedBuilder builder({{0}}, {}, {3}, {.k = 2});
  builder.add(later.block());
  builder.add(earlier.block());
  EXPECT_THAT(plain(builder.finish())[0], ElementsAre(std::pair("a", 1.0), std::pair("x", 1.0)));
}

TEST(FeedBuilder, CountsAConfidenceOfZeroAsThere) {
  Catalogue catalogue;
  catalogue.add("a", {{0, 0.0F}, {1, 1.0F}});
  FeedBuilder builder({{0, 1}}, {}, {1, 1}, {.k = 2});
  builder.add(catalogue.block());
  EXPECT_THAT(plain(builder.finish())[0], ElementsAre(std::pair("a", 1.0)));
}

std::vector<std::string> ids_of(const std::vector<FeedEntry>& entries) {
  std::vector<std::string> ids;
  for (const FeedEntry& entry : entries) ids.push_back(entry.id);
  return ids;
}

TEST(AtMostOfGroup, PassesOverAndFillsUp) {
  const std::vector<FeedEntry> ranked = {{5, "a", "acme"}, {4, "b", "acme"}, {3, "c", ""},
                                         {2, "d", ""},     {1, "e", "zeta"}, {0, "f", "acme"}};
  EXPECT_THAT(ids_of(at_most_of_group(ranked, 4, 1)), ElementsAre("a", "c", "d", "e"));
  EXPECT_THAT(ids_of(at_most_of_group(ranked, 6, 1)), ElementsAre("a", "c", "d", "e", "b", "f"));
  EXPECT_THAT(ids_of(at_most_of_group(ranked, 3, 9)), ElementsAre("a", "b", "c"));
}

}  // namespace
}  // namespace twinset::pinlanding
