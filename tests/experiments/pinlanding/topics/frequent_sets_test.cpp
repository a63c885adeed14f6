#include "experiments/pinlanding/topics/frequent_sets.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <set>

#include "framework/core/error.h"
#include "framework/core/random.h"

namespace twinset::pinlanding {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

AttributeGraph random_graph(int64_t num_products, int32_t num_attributes, uint64_t seed) {
  AttributeGraph graph;
  CounterRandom random({seed, 0, 0, "frequent_sets_test"});
  for (int32_t a = 0; a < num_attributes; ++a)
    graph.attributes.push_back({fmt::format("f{}", a / 4), fmt::format("{:03}", a)});
  for (int64_t p = 0; p < num_products; ++p) {
    std::set<int32_t> columns;
    for (uint64_t i = 2 + random.below(9); i > 0; --i)
      columns.insert(static_cast<int32_t>(random.uniform() * random.uniform() * num_attributes));
    graph.columns.insert(graph.columns.end(), columns.begin(), columns.end());
    graph.confidences.resize(graph.columns.size(), 1.0F);
    graph.offsets.push_back(std::ssize(graph.columns));
    graph.ids.push_back(fmt::format("{:05}", p));
    graph.titles.emplace_back();
  }
  return graph;
}

FrequentSetRules open_rules(const AttributeGraph& graph) {
  FrequentSetRules rules;
  rules.is_required.assign(graph.attributes.size(), true);
  rules.is_excluded.assign(graph.attributes.size(), false);
  rules.exclusive.assign(graph.attributes.size(), -1);
  return rules;
}

// Every subset of every product's attributes, counted.
std::map<std::vector<int32_t>, int64_t> naive_sets(const AttributeGraph& graph,
                                                   const FrequentSetRules& rules) {
  std::map<std::vector<int32_t>, int64_t> counts;
  for (int64_t p = 0; p < graph.num_products(); ++p) {
    const auto columns = graph.columns_of(p);
    for (uint32_t chosen = 1; chosen < (1U << columns.size()); ++chosen) {
      std::vector<int32_t> set;
      for (size_t i = 0; i < columns.size(); ++i) {
        if ((chosen >> i & 1U) != 0) set.push_back(columns[i]);
      }
      ++counts[set];
    }
  }
  std::erase_if(counts, [&](const auto& entry) {
    const auto& set = entry.first;
    const auto size = std::ssize(set);
    bool is_wanted =
        size >= rules.min_size && size <= rules.max_size && entry.second >= rules.min_support;
    is_wanted &= std::any_of(set.begin(), set.end(),
                             [&](int32_t a) { return rules.is_required[static_cast<size_t>(a)]; });
    std::set<int32_t> families;
    for (const int32_t a : set) {
      is_wanted &= !rules.is_excluded[static_cast<size_t>(a)];
      const int32_t family = rules.exclusive[static_cast<size_t>(a)];
      is_wanted &= family < 0 || families.insert(family).second;
    }
    return !is_wanted;
  });
  return counts;
}

std::map<std::vector<int32_t>, int64_t> as_map(const std::vector<FrequentSet>& sets) {
  std::map<std::vector<int32_t>, int64_t> result;
  for (const FrequentSet& set : sets) {
    EXPECT_TRUE(result.emplace(set.columns, set.support).second) << "twice";
  }
  return result;
}

TEST(FrequentSets, AreThoseOfCountingEverySubset) {
  for (const int64_t min_support : {1, 3, 20}) {
    const AttributeGraph graph = random_graph(400, 24, 1);
    FrequentSetRules rules = open_rules(graph);
    rules.min_support = min_support;
    EXPECT_EQ(as_map(frequent_sets(graph, rules, 2)), naive_sets(graph, rules));
  }
}

TEST(FrequentSets, FollowTheRules) {
  const AttributeGraph graph = random_graph(500, 24, 2);
  FrequentSetRules rules = open_rules(graph);
  rules.min_size = 1;
  rules.max_size = 5;
  rules.min_support = 2;
  for (size_t a = 0; a < graph.attributes.size(); ++a) {
    rules.is_required[a] = a % 7 == 1;
    rules.is_excluded[a] = a % 5 == 3;
    rules.exclusive[a] = a % 3 == 0 ? -1 : static_cast<int32_t>(a / 4);
  }
  const auto sets = as_map(frequent_sets(graph, rules, 1));
  EXPECT_GT(sets.size(), 50U);
  EXPECT_EQ(sets, naive_sets(graph, rules));
}

TEST(FrequentSets, AreTheSameForAnyNumberOfThreads) {
  const AttributeGraph graph = random_graph(300, 30, 3);
  FrequentSetRules rules = open_rules(graph);
  rules.min_support = 3;
  EXPECT_EQ(as_map(frequent_sets(graph, rules, 1)), as_map(frequent_sets(graph, rules, 5)));
}

TEST(FrequentSets, NeverGrowInSupport) {
  const AttributeGraph graph = random_graph(300, 20, 4);
  FrequentSetRules rules = open_rules(graph);
  rules.min_size = 1;
  const auto sets = as_map(frequent_sets(graph, rules, 1));
  for (const auto& [set, support] : sets) {
    if (set.size() < 2) continue;
    auto smaller = set;
    smaller.pop_back();
    EXPECT_GE(sets.at(smaller), support);
  }
}

TEST(FrequentSets, StopWhereThereAreTooMany) {
  const AttributeGraph graph = random_graph(300, 20, 5);
  FrequentSetRules rules = open_rules(graph);
  rules.max_sets = 10;
  EXPECT_THAT([&] { frequent_sets(graph, rules, 1); },
              ThrowsMessage<ConfigError>(HasSubstr("topics.max_sets: more than 10 frequent sets")));
}

TEST(ProductsWithAll, IntersectsLists) {
  const std::vector<std::vector<int32_t>> inverted = {{0, 2, 4, 6}, {2, 3, 4}, {4, 5}};
  EXPECT_THAT(products_with_all(inverted, {0, 1}), ElementsAre(2, 4));
  EXPECT_THAT(products_with_all(inverted, {0, 1, 2}), ElementsAre(4));
  EXPECT_THAT(products_with_all(inverted, {1}), ElementsAre(2, 3, 4));
}

}  // namespace
}  // namespace twinset::pinlanding
